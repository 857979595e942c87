/// The version of the programs, as in CHANGELOG.md.
public enum ProductVersion {
    public static let text = "0.1.0"
}
