// What a backend returns: files, by name and content. Writing them is the command line's business.

/// A file to be written below the output folder.
public struct OutputFile {
    /// Relative, with `/`: `network+Model.swift`, `vnc_api/gen/resource_common.py`.
    public let path: String
    public let bytes: Bytes

    public init(path: String, bytes: Bytes) {
        self.path = path
        self.bytes = bytes
    }
}
