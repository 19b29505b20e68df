import Glibc

/// How many files and connections this process may have open.
public enum Descriptors {
    /// Takes as many as the system allows (setrlimit(2)): each page that listens is one, and most systems begin with
    /// 1,024.
    public static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
