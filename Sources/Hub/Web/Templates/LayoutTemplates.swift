/// What stands around every page, and the pages without a sign-in.
enum LayoutTemplates {
    static let all: [String: String] = [
        "head": """
        <!doctype html>
        <html lang="{{language}}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{title}} – Foyer</title>
        <link rel="stylesheet" href="/assets/foyer.css">
        <link rel="manifest" href="/assets/foyer.webmanifest">
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
        <meta name="theme-color" content="#1d5c63" media="(prefers-color-scheme: light)">
        <meta name="theme-color" content="#10181b" media="(prefers-color-scheme: dark)">
        <script src="/assets/foyer.js" defer></script>
        </head>
        <body{{#live}} data-live="{{live}}"{{/live}}>
        <a class="skip" href="#content">{{t.skip}}</a>
        <header class="top">
        <a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="32" height="32"> <span>Foyer</span></a>
        {{#visitor}}
        <nav aria-label="{{t.menu}}"><ul>
        {{#menu}}<li><a href="{{href}}"{{#current}} aria-current="page"{{/current}}>{{label}}</a></li>{{/menu}}
        </ul></nav>
        <div class="who">
        <span>{{visitor}}</span>
        <form method="post" action="/sign-out"><input type="hidden" name="form_token" value="{{form_token}}"><button class="quiet">{{t.sign_out}}</button></form>
        </div>
        {{/visitor}}
        <a class="language" href="?lang={{other_language}}" lang="{{other_language}}" hreflang="{{other_language}}">{{t.other_language}}</a>
        </header>
        <div id="lost" class="lost" role="alert" hidden>{{t.connection_lost}}</div>
        <main id="content" tabindex="-1">
        {{#names_closed}}<p class="hint" role="status">{{t.names_closed}}</p>{{/names_closed}}
        """,
        "foot": """
        </main>
        </body>
        </html>
        """,
        "sign-in": """
        {{>head}}
        <section class="sign-in">
        <h1>{{t.sign_in}}</h1>
        <p class="site">{{site}}</p>
        {{#problem}}<p class="problem" role="alert">{{problem}}</p>{{/problem}}
        <form method="post" action="/sign-in">
        <label for="account">{{t.account}}</label>
        <input id="account" name="account" autocomplete="username" autocapitalize="none" spellcheck="false" required value="{{account}}">
        <label for="password">{{t.password}}</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required>
        <button class="main">{{t.sign_in}}</button>
        </form>
        {{#hint}}<p class="hint">{{hint}}</p>{{/hint}}
        </section>
        {{>foot}}
        """,
        "error": """
        {{>head}}
        <section class="error">
        <h1>{{heading}}</h1>
        {{#detail}}<p>{{detail}}</p>{{/detail}}
        <p><a href="/">{{t.back}}</a></p>
        </section>
        {{>foot}}
        """,
    ]
}
