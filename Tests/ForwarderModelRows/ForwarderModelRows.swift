// Prints rows of packets that seeds choose, each with what the model says becomes of them: `forwarder-model-rows FIRST-SEED COUNT`.

import ForwarderModel
import Foundation

@main struct ForwarderModelRows {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let first = UInt64(arguments[1]), let count = UInt64(arguments[2]) else {
            FileHandle.standardError.write(Data("usage: forwarder-model-rows FIRST-SEED COUNT\n".utf8))
            exit(2)
        }
        print("# Rows that the model made, from seed \(first) on.\n")
        for seed in first..<(first &+ count) { print(RandomRow.text(seed: seed)) }
    }
}
