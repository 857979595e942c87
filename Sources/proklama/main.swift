import Demo
import Glibc
import Worker

// Whoever reads our output, or a server, may go away; the write's own result tells.
signal(SIGPIPE, SIG_IGN)
let console = Console.standard()
let status = Program(commands: WorkerCommands.all + [DemoCommand.command]).run(
    Array(CommandLine.arguments.dropFirst()), console)
console.flush()
// Not `exit`: threads of the C libraries are still running, and must not meet what it takes down.
_exit(status.rawValue)
