import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOSSL
import Rules
import ServiceLifecycle

/// The pages and the API, as a part of the hub that may fail on its own: alerts go on without it, and it tries again.
struct WebService: Service {
    let site: WebSite
    let address: ListenAddress
    let log: Logger
    /// Called with the port once it listens.
    var onListening: @Sendable (Int) -> Void = { _ in }

    /// Every route of the site.
    static func routes(_ live: Live) -> [Route] {
        SignInPage.routes + NowPage.routes + AlertPages.routes + HandoverPage.routes
            + PeoplePage.routes + WordsPage.routes + LooksPage.routes
            + DayPage.routes + UsePage.routes
            + DevicesPage.routes + DevicePage.routes + PlacingPage.routes + RulesPage.routes
            + BacktestPage.routes
            + FiguresPage.routes
            + ResidentPage.routes + ResidentActs.routes + ResidentThoughts.routes
            + AccountPage.routes + Assets.routes + API.routes + Health.routes(live) + live.routes
    }

    /// The routes, each behind the gate.
    static func router(_ site: WebSite, live: Live) -> Router<WebContext> {
        let router = Router(context: WebContext.self)
        let gate = Gate(site: site)
        for route in routes(live) {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                await gate.pass(route, request, context)
            }
        }
        // What is no page is said as one, too.
        let missing = Route(method: .get, path: "/{rest+}", access: .anybody) { _ in
            throw WebFailure.notFound
        }
        router.add(middleware: MissingPage(gate: gate, route: missing))
        return router
    }

    func run() async throws {
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                let live = Live(feed: site.feed)
                let router = Self.router(site, live: live)
                let app = Application(
                    router: router, server: try server(),
                    configuration: ApplicationConfiguration(
                        address: .hostname(address.host, port: Int(address.port)),
                        serverName: nil),
                    onServerRunning: { channel in
                        onListening(channel.localAddress?.port ?? Int(address.port))
                    }, logger: log)
                try await app.run()
                return
            } catch is CancellationError {
                return
            } catch {
                log.error(
                    "the pages cannot be served on \(address): \(error); trying again in 10 s")
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(10)) }
        }
    }

    private func server() throws -> HTTPServerBuilder {
        guard let certificate = site.settings.certificateFile, let key = site.settings.keyFile
        else { return .http1() }
        let chain = try NIOSSLCertificate.fromPEMFile(certificate).map {
            NIOSSLCertificateSource.certificate($0)
        }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain,
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        tls.minimumTLSVersion = .tlsv12
        return try .tls(tlsConfiguration: tls)
    }
}

/// Says in words that there is no such page.
private struct MissingPage: RouterMiddleware {
    let gate: Gate
    let route: Route

    func handle(
        _ request: Request, context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            return await gate.pass(route, request, context)
        }
    }
}
