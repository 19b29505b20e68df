import Foundation

/// Whether a TCP port answers, asked with a limit. libmosquitto's own connect can hang for two minutes on a host that
/// is switched off, and the intake thread with it.
enum Reachability {
    /// - Throws: `BrokerError.unreachable`.
    static func require(
        host: String, port: UInt16, milliseconds: Int32 = 2000
    ) throws(BrokerError) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            throw .unreachable(host: host, port: port, reason: String(cString: gai_strerror(code)))
        }
        defer { freeaddrinfo(list) }
        var reason = "no address"
        var next = list
        while let address = next {
            if let failure = failure(address.pointee, milliseconds) {
                reason = failure
            } else {
                return
            }
            next = address.pointee.ai_next
        }
        throw .unreachable(host: host, port: port, reason: reason)
    }

    /// nil where it answers.
    private static func failure(_ address: addrinfo, _ milliseconds: Int32) -> String? {
        let kind =
            address.ai_socktype | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let socket = socket(address.ai_family, kind, address.ai_protocol)
        guard socket >= 0 else { return String(cString: strerror(errno)) }
        defer { close(socket) }
        if connect(socket, address.ai_addr, address.ai_addrlen) == 0 { return nil }
        guard errno == EINPROGRESS else { return String(cString: strerror(errno)) }
        var wait = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        guard poll(&wait, 1, milliseconds) > 0 else {
            return "no answer within \(milliseconds) ms"
        }
        var status: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(socket, SOL_SOCKET, SO_ERROR, &status, &size)
        return status == 0 ? nil : String(cString: strerror(status))
    }

    /// Why an address cannot be listened on, as an error number; nil where it can.
    static func bindingFailure(host: String, port: UInt16) -> Int32? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let address = list?.pointee
        else { return EADDRNOTAVAIL }
        defer { freeaddrinfo(list) }
        let kind = address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue)
        let socket = socket(address.ai_family, kind, address.ai_protocol)
        guard socket >= 0 else { return errno }
        defer { close(socket) }
        // As mosquitto does: connections that are only closing do not hold the port.
        var one: Int32 = 1
        setsockopt(
            socket, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        return bind(socket, address.ai_addr, address.ai_addrlen) == 0 ? nil : errno
    }
}
