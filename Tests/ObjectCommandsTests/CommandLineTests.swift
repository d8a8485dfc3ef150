// The command itself, as a process: what it prints where, how it ends, what it leaves behind.

import Foundation
import Testing

/// What a run of the command gave.
private struct Run {
    let status: Int32
    let output: String
    let complaints: String
}

/// A place where the command finds no contexts but those that the test makes.
private struct Surroundings {
    let folder: String
    let server: String?
    var variables: [String: String] = [:]

    init(server: String?) throws {
        folder = NSTemporaryDirectory() + "tungsten-command-" + UUID().uuidString
        self.server = server
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// The executable beside the test bundle.
    static var command: String {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "tungsten").path
    }

    func run(_ words: String..., input: String = "") async throws -> Run {
        let quoted = ([Self.command] + words).map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
        return try await shell(quoted, input: input)
    }

    /// A line of the shell; `tungsten` is the command.
    func shell(_ line: String, input: String = "") async throws -> Run {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        // `tungsten` in a line is a process of its own, not a function: it can be killed by its number.
        try? FileManager.default.createSymbolicLink(atPath: folder + "/tungsten", withDestinationPath: Self.command)
        process.arguments = ["-c", "cd \"$HOME\"; PATH=$HOME:$PATH; " + line]
        var environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder, "TMPDIR": folder]
        environment["TUNGSTEN_SERVER"] = server
        environment.merge(variables) { $1 }
        process.environment = environment
        // Files, not pipes: nobody has to read while the command runs.
        let paths = ["in", "out", "err"].map { "\(folder)/\(UUID().uuidString).\($0)" }
        for (index, path) in paths.enumerated() {
            _ = FileManager.default.createFile(atPath: path, contents: index == 0 ? Data(input.utf8) : Data())
        }
        process.standardInput = FileHandle(forReadingAtPath: paths[0])
        process.standardOutput = FileHandle(forWritingAtPath: paths[1])
        process.standardError = FileHandle(forWritingAtPath: paths[2])
        await withCheckedContinuation { continuation in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch {
                Issue.record("\(error)")
                process.terminationHandler = nil
                continuation.resume()
            }
        }
        func text(_ path: String) -> String { String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self) }
        return Run(status: process.terminationStatus, output: text(paths[1]), complaints: text(paths[2]))
    }
}

@Suite struct CommandLineTests {
    @Test func aNetworkFromNothingToNothing() async throws {
        try await withServer { _, address in
            let here = try Surroundings(server: address)
            defer { here.remove() }
            let made = try await here.run("create", "vn", "front", "--below", "default-project", "mtu=9000")
            #expect(made.status == 0, "\(made.complaints)")
            #expect(made.output.hasPrefix("virtual-network default-domain:default-project:front created ("))
            let table = try await here.run("get", "virtual-networks", "front")
            #expect(
                table.output
                    == "NAME                                  NETWORK-ID  MTU\ndefault-domain:default-project:front  6           9000\n"
                    || table.output.contains("9000"))
            #expect(!table.output.contains("\u{1B}"))
            let names = try await here.run("get", "vn", "-o", "name")
            #expect(names.output.split(separator: "\n").contains("virtual-network default-domain:default-project:front"))
            let round = try await here.shell(
                "tungsten get vn front -o yaml > f.yaml && tungsten apply -f f.yaml && tungsten diff -f f.yaml; echo $?")
            #expect(
                round.output.hasSuffix("virtual-network default-domain:default-project:front unchanged\n0\n"),
                "\(round.output)\(round.complaints)")
            let piped = try await here.shell("tungsten get vn front -o json | sed s/9000/1400/ | tungsten diff -f -")
            #expect(piped.status == 1)
            #expect(piped.output.contains("- mtu: 9000\n+ mtu: 1400\n"), "\(piped.output)")
            let trial = try await here.run("set", "vn", "front", "mtu=1400", "--dry-run")
            #expect(trial.output == "virtual-network default-domain:default-project:front changed (mtu) (dry run)\n")
            let again = try await here.run("create", "vn", "front", "--below", "default-project")
            #expect(again.status == 4 && again.complaints.hasPrefix("Error: cannot create virtual-network"))
            let edited = try await here.shell("EDITOR='sed -i s/9000/1400/' tungsten edit vn front; EDITOR=true tungsten edit vn front")
            #expect(
                edited.output == "virtual-network default-domain:default-project:front changed (mtu)\nnothing was changed\n",
                "\(edited.complaints)")
            let refused = try await here.shell("EDITOR='sed -i s/1400/99999/' tungsten edit vn front")
            #expect(refused.status == 1 && refused.complaints.contains("Your text is kept in "))
            // Refused, the editor opens again, with the reason above a text that is still there.
            let mended = try await here.shell(
                """
                printf '%s\\n' 'grep -q "^# .*mtu" "$1" && cp "$1" seen && exec sed -i "s/^mtu: 99999/mtu: 1500/" "$1"; exec sed -i "s/^mtu: 1400/mtu: 99999/" "$1"' > editor
                EDITOR='sh editor' tungsten edit vn front && head -n 1 seen && grep -c '^mtu: 99999' seen
                """)
            #expect(
                mended.output.hasPrefix("virtual-network default-domain:default-project:front changed (mtu)\n# ")
                    && mended.output.hasSuffix("\n1\n"), "\(mended.output)\(mended.complaints)")
            // What somebody else changed meanwhile stays, and what was typed is written beside it.
            let beside = try await here.shell(
                """
                printf '%s\\n' 'if ! [ -e once ]; then touch once; tungsten set vn front display_name=theirs >&2; fi; sed -i "s/^mtu: 1500/mtu: 1600/" "$1"' > editor
                EDITOR='sh editor' tungsten edit vn front && tungsten get vn front -o yaml | grep -E '^(mtu|display_name)'
                """)
            #expect(
                beside.output == "virtual-network default-domain:default-project:front changed (mtu)\ndisplay_name: theirs\nmtu: 1600\n",
                "\(beside.output)\(beside.complaints)")
            let history = try await here.run("history", "vn", "front", "--no-headers")
            let lines = history.output.split(separator: "\n")
            #expect(lines.first?.contains("  mtu: 1500 -> 1600") == true && lines.last?.contains("  created  ") == true, "\(history)")
            #expect(
                lines.contains { $0.contains("127.0.0.1  changed  virtual-network  default-domain:default-project:front  display_name: ") })
            let gone = try await here.run("delete", "vn", "front")
            #expect(gone.output == "virtual-network default-domain:default-project:front deleted\n")
            let past = try await here.run("history", "vn", "front", "--since", "2h", "--limit", "1", "-o", "json")
            #expect(past.output.contains(#""kind": "delete""#) && past.output.contains(#""mtu": 1600"#), "\(past)")
            #expect(try await here.run("history", "--since", "tomorrow").status == 64)
            #expect(try await here.run("history", "vn", "never").status == 3)
            #expect(try await here.run("history", "--by", "nobody", "-o", "yaml").output == "[]\n")
            let anew = try await here.run("create", "-f", "f.yaml")
            #expect(anew.status == 0, "what was printed can be created: \(anew.complaints)")
            #expect(try await here.run("delete", "vn", "front").status == 0)
            let missing = try await here.run("delete", "vn", "front")
            #expect(missing.status == 3)
            #expect(try await here.run("delete", "vn", "front", "--ignore-missing").status == 0)
        }
    }

    @Test func aReaderThatHasEnoughEndsTheCommandQuietly() async throws {
        try await withServer { _, address in
            let here = try Surroundings(server: address)
            defer { here.remove() }
            let run = try await here.shell(
                "tungsten watch | head -n 1; echo ${PIPESTATUS[1]}; tungsten get acl,vn -o json | head -c 1 > /dev/null; echo ${PIPESTATUS[0]}"
            )
            #expect(run.complaints.isEmpty, "\(run.complaints)")
            #expect(run.output.hasPrefix("present  "))
        }
    }

    @Test func watchingSaysWhatHappens() async throws {
        try await withServer { _, address in
            let here = try Surroundings(server: address)
            defer { here.remove() }
            // The watch ends after the line of the change that it waits for.
            let run = try await here.shell(
                """
                tungsten watch vn --changes -o json > events & watcher=$!
                until [ -s events ]; do
                  tungsten create vn "n$((count += 1))" --below default-project -q > /dev/null || exit 1
                done
                kill $watcher; wait $watcher 2> /dev/null; head -n 1 events
                """)
            #expect(run.output.hasPrefix(#"{"event":"created","revision":"#), "\(run.output)\(run.complaints)")
            #expect(run.output.contains(#""kind":"virtual-network","fq_name":["default-domain","default-project","n"#))
        }
    }

    @Test func theExitStatusTellsWhatWentWrong() async throws {
        let here = try Surroundings(server: "127.0.0.1:1")
        defer { here.remove() }
        let unreachable = try await here.run("get", "vn")
        #expect(unreachable.status == 6 && unreachable.output.isEmpty)
        #expect(unreachable.complaints.contains("Is the server running?"))
        #expect(try await here.run("get", "virtual-netwrk").status == 1)
        #expect(try await here.run("get").status == 64)
        #expect(try await here.run("create", "vn").status == 64)
        #expect(try await here.run("apply", "-f", "nosuch.yaml").status == 1)
        #expect(try await here.run("diff", "-f", "nosuch.yaml").status == 2)
        #expect(try await here.run("explain", "vn").status == 0)
        let login = try await here.run("get", "vn", "--user", "grace")
        #expect(login.status == 5 && login.complaints.contains("there is no password for grace: set TUNGSTEN_PASSWORD"))
        let address = try await here.run("get", "vn", "--server", "http://a/b")
        #expect(address.status == 1 && address.complaints.contains("write it as https://host:port"))
    }

    @Test func contextsAreKeptForTheirUserAlone() async throws {
        try await withServer { _, address in
            let here = try Surroundings(server: nil)
            defer { here.remove() }
            let added = try await here.run("context", "add", "lab", "--server", address, "--project", "default-domain:default-project")
            #expect(added.output == "context lab added, and in use\n", "\(added.complaints)")
            // The context says where objects go.
            #expect(try await here.run("create", "vn", "here").status == 0)
            #expect(try await here.run("context", "add", "lab").status == 4)
            #expect(try await here.run("context", "add", "other", "--server", "127.0.0.1:1").status == 0)
            #expect(try await here.run("context", "use", "other").status == 0)
            #expect(try await here.run("get", "vn").status == 6)
            #expect(try await here.run("get", "vn", "--context", "lab").status == 0)
            #expect(try await here.run("context", "use", "nosuch").status == 1)
            let list = try await here.run("context")
            #expect(list.output.contains("*        other"), "\(list.output)")
            let path = here.folder + "/.config/tungsten/contexts.yaml"
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try await here.run("context", "delete", "lab").status == 0)
            #expect(try await !here.run("context", "list").output.contains("lab"))
        }
    }

    /// A server that is told something wrong says which option that is, and does not start.
    @Test(arguments: [
        ("--auth keystone --keystone http://:5000", "--keystone: 'http://:5000' is no address of Keystone"),
        ("--auth keystone", "--auth keystone needs --keystone URL"),
        ("--store etcd:https://127.0.0.1:1 --etcd-ca none.pem", "none.pem"),
        ("--store etcd:http://127.0.0.1:1 --etcd-ca none.pem", "write https://127.0.0.1:1"),
        ("--etcd-credentials none", "go with --store etcd:"),
        ("--store etcd:https://127.0.0.1:1 --etcd-credentials open", "chmod o= open"),
    ]) func serversSayWhichOptionIsWrong(options: String, text: String) async throws {
        let here = try Surroundings(server: nil)
        defer { here.remove() }
        let run = try await here.shell(
            "echo tungsten:secret > open; chmod 644 open; tungsten api --data-dir data --listen 127.0.0.1:0 " + options)
        #expect(run.status == 64 && run.complaints.contains(text), "\(run.status) \(run.complaints)")
        #expect(!run.complaints.contains("secret"))
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func shellsAreToldHowToComplete(_ shell: String) async throws {
        let here = try Surroundings(server: nil)
        defer { here.remove() }
        let script = try await here.run("completion", shell)
        #expect(script.status == 0 && script.output.contains("describe"))
        guard try await here.shell("command -v \(shell)").status == 0 else { return }
        try script.output.write(toFile: here.folder + "/script", atomically: true, encoding: .utf8)
        let checked = try await here.shell("\(shell) -n \"$HOME/script\"")
        #expect(checked.status == 0, "\(checked.complaints)")
    }

    @Test func typesAndNamesAreCompleted() async throws {
        try await withServer { _, address in
            let here = try Surroundings(server: address)
            defer { here.remove() }
            // What the script of bash asks.
            let types = try await here.shell("tungsten ---completion get -- positional@0 2 0 tungsten get vir")
            #expect(types.output.contains("virtual-machine-interface"), "\(types.output)\(types.complaints)")
            let names = try await here.shell("tungsten ---completion get -- positional@1 3 0 tungsten get project def")
            #expect(names.output.contains("default-domain:default-project"), "\(names.output)\(names.complaints)")
        }
    }
}
