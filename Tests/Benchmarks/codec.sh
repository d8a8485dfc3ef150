#!/usr/bin/env bash
# JSON of one object: generated code beside Foundation's Codable.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift build -c release --product CodecBenchmark
"$(swift build -c release --show-bin-path)/CodecBenchmark"
