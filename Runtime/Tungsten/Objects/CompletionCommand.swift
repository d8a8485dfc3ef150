// `tungsten completion`: what a shell needs to complete this command's words.

import ArgumentParser

struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print what a shell needs to complete commands, types, names and members.",
        discussion: """
              source <(tungsten completion bash)
              tungsten completion zsh > ~/.zfunc/_tungsten        # a folder of $fpath
              tungsten completion fish > ~/.config/fish/completions/tungsten.fish
            """)

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash
        case zsh
        case fish
    }

    @Argument(help: "The shell.")
    var shell: Shell

    func run() throws {
        let kind: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        Output.write(Tungsten.completionScript(for: kind))
    }
}
