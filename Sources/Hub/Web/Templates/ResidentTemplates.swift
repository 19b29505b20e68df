/// A resident's own page and its parts. Every text is from `EasyRead`, and has a picture and a button that reads it aloud.
enum ResidentTemplates {
    static let all: [String: String] = [
        "me-head": """
        <!doctype html>
        <html lang="{{language}}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{title}} – Foyer</title>
        <link rel="stylesheet" href="/assets/me.css">
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
        <script src="/assets/me.js" defer></script>
        </head>
        <body>
        <a class="skip" href="#content">{{e.skip}}</a>
        <header class="top">
        {{#back}}<a class="bar" href="{{back}}">{{{backPicture}}} <span>{{backWord}}</span></a>{{/back}}
        <button class="say" type="button" hidden aria-label="{{e.read_page}}">{{{speaker}}}</button>
        <a class="bar" href="?lang={{other_language}}" lang="{{other_language}}" hreflang="{{other_language}}">{{e.other_language}}</a>
        </header>
        <div id="lost" class="lost" role="alert" hidden>{{e.lost}}</div>
        <main id="content" tabindex="-1">
        <h1>{{{heading_picture}}} <span>{{heading}}</span></h1>
        """,
        "me-foot": """
        </main>
        <footer>{{#validated}}<p>{{e.validated}} {{validated}}</p>{{/validated}}{{^validated}}<p class="draft">{{{draft_picture}}} <strong>{{e.draft}}</strong></p>{{/validated}}</footer>
        </body>
        </html>
        """,
        "me-line": """
        <li class="line {{mood}}">{{{picture}}}<p>{{#big}}<span class="big">{{big}}</span> {{/big}}{{text}}</p><button class="say" type="button" hidden data-say="{{#big}}{{big}}. {{/big}}{{text}}" aria-label="{{e.read_aloud}}: {{#big}}{{big}} {{/big}}{{text}}">{{{speaker}}}</button></li>
        """,
        "me-now": """
        <ul class="lines now">{{#lines}}{{>me-line}}{{/lines}}</ul>
        """,
        "me": """
        {{>me-head}}
        <div id="live" data-part="/me/now" aria-live="polite">{{>me-now}}</div>
        <div class="acts">
        <form method="post" action="/me/help"><input type="hidden" name="form_token" value="{{form_token}}"><button class="act call">{{{help_picture}}} <span>{{e.help}}</span></button></form>
        <form method="post" action="/me/fine"><input type="hidden" name="form_token" value="{{form_token}}"><button class="act well">{{{fine_picture}}} <span>{{e.fine}}</span></button></form>
        </div>
        <nav aria-label="{{e.my_page}}"><ul class="tiles">{{#tiles}}<li><a class="tile" href="{{href}}">{{{picture}}} <span>{{label}}</span></a></li>{{/tiles}}</ul></nav>
        <p class="end"><a class="bar" href="/me/leave">{{{leave_picture}}} <span>{{e.leave}}</span></a></p>
        {{>me-foot}}
        """,
        "me-leave": """
        {{>me-head}}
        <ul class="lines">{{#lines}}{{>me-line}}{{/lines}}</ul>
        <div class="acts"><a class="act well" href="/me">{{{stay_picture}}} <span>{{e.leave_no}}</span></a>
        <form method="post" action="/sign-out"><input type="hidden" name="form_token" value="{{form_token}}"><button class="act">{{{leave_picture}}} <span>{{e.leave_yes}}</span></button></form></div>
        {{>me-foot}}
        """,
        "me-lines": """
        {{>me-head}}
        <ul class="lines">{{#lines}}{{>me-line}}{{/lines}}</ul>
        {{>me-foot}}
        """,
        "me-recorded": """
        {{>me-head}}
        <ul class="lines">{{#lines}}{{>me-line}}{{/lines}}</ul>
        <div class="cards">{{#devices}}<section class="card"><h2>{{{picture}}} <span>{{title}}</span></h2><ul class="lines">{{#lines}}{{>me-line}}{{/lines}}</ul></section>{{/devices}}</div>
        {{>me-foot}}
        """,
        "me-day": """
        {{>me-head}}
        <div class="choices">{{#days}}<a class="choice" href="{{href}}"{{#chosen}} aria-current="true"{{/chosen}}>{{label}}</a>{{/days}}</div>
        {{#parts}}<section class="part"><h2>{{{picture}}} <span>{{title}}</span></h2><ul class="lines">{{#lines}}{{>me-line}}{{/lines}}</ul>
        {{#think}}<p><a class="bar" href="{{think}}">{{{think_picture}}} <span>{{e.think}}</span></a></p>{{/think}}</section>{{/parts}}
        <ul class="lines">{{#lines}}{{>me-line}}{{/lines}}</ul>
        {{>me-foot}}
        """,
        "me-pause": """
        {{>me-head}}
        <ul class="lines">{{#lines}}{{>me-line}}{{/lines}}</ul>
        {{#isPaused}}<div class="acts"><form method="post" action="/me/resume"><input type="hidden" name="form_token" value="{{form_token}}"><button class="act well">{{{resume_picture}}} <span>{{e.pause_end}}</span></button></form></div>{{/isPaused}}
        {{^isPaused}}<h2>{{e.pause_how_long}}</h2><form class="acts three" method="post" action="/me/pause"><input type="hidden" name="form_token" value="{{form_token}}">{{#spans}}<button class="act" name="until" value="{{value}}">{{{picture}}} <span>{{label}} <span class="big">{{big}}</span></span></button>{{/spans}}</form>{{/isPaused}}
        {{>me-foot}}
        """,
        "me-answers": """
        {{>me-head}}
        <ul class="lines">{{#lines}}{{>me-line}}{{/lines}}</ul>
        {{#questions}}<section class="card"><h2>{{{picture}}} <span>{{title}}</span></h2><ul class="lines">{{#lines}}{{>me-line}}{{/lines}}</ul>
        <form class="acts" method="post" action="/me/answers"><input type="hidden" name="form_token" value="{{form_token}}"><input type="hidden" name="purpose" value="{{purpose}}"><input type="hidden" name="shown" value="{{shown}}">{{#mayAgree}}<button class="act" name="answer" value="yes" aria-label="{{e.say_yes}}: {{title}}">{{{yes_picture}}} <span>{{e.say_yes}}</span></button>{{/mayAgree}}{{#mayRefuse}}<button class="act" name="answer" value="no" aria-label="{{e.say_no}}: {{title}}">{{{no_picture}}} <span>{{e.say_no}}</span></button>{{/mayRefuse}}</form></section>{{/questions}}
        {{>me-foot}}
        """,
        "me-think": """
        {{>me-head}}
        {{#question}}<h2>{{question}}</h2>{{/question}}
        <div class="acts three">{{#options}}<a class="act" href="{{href}}">{{{picture}}} <span>{{label}}</span></a>{{/options}}</div>
        {{#form}}<form method="post" action="/me/think"><input type="hidden" name="form_token" value="{{form_token}}"><input type="hidden" name="day" value="{{day}}"><input type="hidden" name="part" value="{{part}}"><input type="hidden" name="face" value="{{face}}">
        {{#writes}}<label for="words">{{e.think_words}}</label><input id="words" name="words" maxlength="300" required autocomplete="off">{{/writes}}
        <h2>{{e.think_who}}</h2>
        <div class="acts"><button class="act" name="share" value="no">{{{keep_picture}}} <span>{{e.think_keep}}</span></button><button class="act" name="share" value="yes">{{{share_picture}}} <span>{{e.think_share}}</span></button></div></form>{{/form}}
        {{#hasSaid}}<h2>{{e.think_said}}</h2><ul class="lines">{{#said}}{{>me-line}}<li class="share"><form method="post" action="/me/share"><input type="hidden" name="form_token" value="{{form_token}}"><input type="hidden" name="id" value="{{id}}"><button class="bar" name="share" value="{{next}}">{{{next_picture}}} <span>{{next_word}}</span></button></form></li>{{/said}}</ul>{{/hasSaid}}
        {{>me-foot}}
        """,
    ]
}
