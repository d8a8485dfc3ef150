// Passwords as they are kept: hashed with salt by libxcrypt in the system's own way (yescrypt, crypt(5)), which takes long enough to make
// guessing dear. The text is what /etc/shadow holds, and what `mkpasswd` prints.

import CCrypt
import Glibc

enum PasswordHash {
    /// What libxcrypt takes.
    static let greatestPassword = 511

    /// A hash of a password, with a salt of its own; nil when the password is empty, longer than 511 bytes, or has a zero byte.
    static func make(_ password: String) -> String? {
        guard isUsable(password) else { return nil }
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        guard crypt_gensalt_rn("$y$", 0, nil, 0, &setting, Int32(setting.count)) != nil else { return nil }
        return crypt(password, String(decoding: setting.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    static func matches(_ password: String, _ hash: String) -> Bool {
        guard isUsable(password), let computed = crypt(password, hash) else { return false }
        let (left, right) = (Array(computed.utf8), Array(hash.utf8))
        return left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }

    /// Whether a text is a hash of a kind that this system knows and does not think too weak.
    static func isHash(_ text: String) -> Bool { crypt_checksalt(text) == CRYPT_SALT_OK }

    private static func isUsable(_ password: String) -> Bool {
        !password.isEmpty && password.utf8.count <= greatestPassword && !password.utf8.contains(0)
    }

    private static func crypt(_ password: String, _ setting: String) -> String? {
        // 32 KiB: too much for the stack of a small thread.
        let data = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        memset(data, 0, MemoryLayout<crypt_data>.size)
        defer {
            explicit_bzero(data, MemoryLayout<crypt_data>.size)
            data.deallocate()
        }
        // A failure is nil, or a text that begins with `*` and can be no hash.
        guard let result = crypt_rn(password, setting, data, Int32(MemoryLayout<crypt_data>.size)) else { return nil }
        return String(cString: result)
    }
}
