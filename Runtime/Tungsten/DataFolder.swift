// Where data go when nobody says where.

import Glibc

enum DataFolder {
    /// The system's place for a service that runs as root, the user's place (XDG Base Directory) for everybody else.
    static var standard: String {
        if geteuid() == 0 { return "/var/lib/tungsten" }
        if let data = environment("XDG_DATA_HOME"), data.hasPrefix("/") { return data + "/tungsten" }
        if let home = environment("HOME") { return home + "/.local/share/tungsten" }
        return "tungsten-data"
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }
}
