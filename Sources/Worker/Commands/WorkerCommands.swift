/// The commands of the program that need nothing but a worker's parts, in the order in which the help lists them.
public enum WorkerCommands {
    public static let all: [Subcommand] = [
        RunCommand.command,
        CheckCommand.command, TopicsCommand.create, TopicsCommand.verify, SendCommand.command, ValidateCommand.command,
        DeadLettersList.command, DeadLettersShow.command, DeadLettersReplay.command, DeadLettersDiscard.command,
        EraseCommand.command, KeysCommand.command, ShadowReportCommand.command, WaitingCommand.command,
    ]
}
