// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A C library that Debian packages: its module map and shims are in `Sources/<name>`.
func system(_ name: String, pkgConfig: String?, apt: String) -> Target {
    .systemLibrary(name: name, path: "Sources/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func library(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "proklama",
    products: [
        .library(name: "Kafka", targets: ["Kafka"]),
        .executable(name: "proklama", targets: ["proklama"]),
        .executable(name: "portal-simulator", targets: ["portal-simulator"]),
    ],
    targets: [
        system("CKafka", pkgConfig: "rdkafka", apt: "librdkafka-dev"),
        system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        system("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev"),
        system("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
        system("CJansson", pkgConfig: "jansson", apt: "libjansson-dev"),
        system("CLinux", pkgConfig: nil, apt: "libc6-dev"),

        library("JSON", ["CJansson"]),
        library("EventLoop", ["CLinux"]),
        library("Estates"),
        library("Kafka", ["CKafka"], exclude: ["README.md"]),
        library("Portal", ["Estates", "JSON", "EventLoop", "CCurl", "COpenSSL"]),
        library("Engine", ["Estates"]),
        library("Driver", ["Engine", "Estates"]),
        library(
            "Worker",
            [
                "Estates", "Engine", "Driver", "EventLoop", "JSON", "Kafka", "Portal", "COpenSSL", "CMicroHTTPD",
                "CLinux",
            ]),
        library("Simulation", ["Driver", "Engine", "Estates"]),
        library("PortalSimulator", ["Estates", "JSON", "CMicroHTTPD", "COpenSSL"]),
        library("Demo", ["Worker", "PortalSimulator", "Engine", "Estates", "EventLoop", "JSON", "Kafka"]),
        program("proklama", ["Worker", "Demo"]),
        program("portal-simulator", ["PortalSimulator"]),
        program("simulate", ["Simulation"]),

        tests("JSONTests", ["JSON"]),
        tests("EventLoopTests", ["EventLoop"]),
        tests("EstatesTests", ["Estates"]),
        tests("EngineTests", ["Engine", "Estates"]),
        tests("DriverTests", ["Driver", "Engine", "Estates"]),
        tests("SimulationTests", ["Engine", "Simulation"]),
        tests("KafkaTests", ["Kafka"]),
        tests("PortalTests", ["Portal", "Engine", "Estates", "EventLoop", "JSON", "COpenSSL"]),
        tests("PortalSimulatorTests", ["PortalSimulator", "JSON"]),
        .target(
            name: "WorkerHarness",
            dependencies: ["Worker", "Kafka", "PortalSimulator", "EventLoop", "Engine", "JSON"],
            path: "Tests/WorkerHarness", swiftSettings: strict),
        tests(
            "InProcessTests",
            ["WorkerHarness", "Worker", "Driver", "Kafka", "PortalSimulator", "Engine", "Estates", "EventLoop", "JSON"]),
        tests("BrokerTests", ["WorkerHarness", "Worker", "Kafka", "PortalSimulator"]),
        tests("WorkerTests", ["Worker", "Driver", "Engine", "Estates", "JSON", "Kafka", "Portal"]),
        tests("DemoTests", ["Demo", "Worker"]),
    ],
    swiftLanguageModes: [.v6]
)
