import Glibc
import PortalSimulator

exit(SimulatorCommand.run(Array(CommandLine.arguments.dropFirst())))
