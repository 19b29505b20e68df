/// Alerts: the first page, one alert, past ones.
enum AlertTemplates {
    static let all: [String: String] = [
        "now": """
        {{>head}}
        <div class="row"><h1>{{t.now}}</h1><button id="sound" class="quiet" type="button" hidden>{{t.sound_on}}</button></div>
        <div id="live" aria-live="polite">
        {{>now-part}}
        </div>
        {{>foot}}
        """,
        "now-part": """
        {{#hasCalls}}<section class="calls" aria-labelledby="calls"><h2 id="calls">{{t.calls}}</h2>
        {{#calls}}{{>card}}{{/calls}}</section>{{/hasCalls}}
        {{#hasInHand}}<section aria-labelledby="in-hand"><h2 id="in-hand">{{t.in_hand}}</h2>
        {{#inHand}}{{>card}}{{/inHand}}</section>{{/hasInHand}}
        {{#hasAside}}<section aria-labelledby="aside"><h2 id="aside">{{t.put_aside}}</h2>
        {{#aside}}{{>card}}{{/aside}}</section>{{/hasAside}}
        {{#calm}}<p class="calm">{{calm}}</p>{{/calm}}
        {{#hasFine}}<section aria-labelledby="fine"><h2 id="fine">{{t.say_fine}}</h2>
        <ul class="blind">{{#fine}}<li><span class="mark" aria-hidden="true">☺</span> <strong>{{person}}</strong> {{time}} ({{ago}})</li>{{/fine}}</ul></section>{{/hasFine}}
        <section aria-labelledby="blind"><h2 id="blind">{{t.not_watched}}</h2>
        {{#hasBlind}}<ul class="blind">{{#blind}}<li><span class="mark" aria-hidden="true">◌</span> <strong>{{name}}</strong> {{place}} – {{why}}</li>{{/blind}}</ul>{{/hasBlind}}
        {{^hasBlind}}<p>{{t.all_watched}}</p>{{/hasBlind}}
        </section>
        <section aria-labelledby="residences"><h2 id="residences">{{t.residences}}</h2>
        {{#residences}}<article class="residence"><h3>{{title}}</h3>
        <p class="shift">{{t.on_shift}}: {{onShift}} · {{t.on_call}}: {{onCall}} · <a href="/residences/{{id}}/day">{{t.day}}</a></p>
        <ul class="rooms">{{#rooms}}<li class="room{{#recent}} recent{{/recent}}"><span class="name">{{title}}</span>{{#people}} <span class="person">{{.}}</span>{{/people}}<span class="seen">{{seen}}</span>{{#facts}}<span class="fact">{{.}}</span>{{/facts}}</li>{{/rooms}}</ul>
        </article>{{/residences}}
        </section>
        """,
        "card": """
        <article class="alert {{priority}}" id="alert-{{id}}" data-alert="{{id}}"{{#calling}} data-calls="{{priority}}"{{/calling}}>
        <header><span class="priority"><span aria-hidden="true">{{mark}}</span> {{priorityWord}}</span> <span class="state">{{state}}</span></header>
        <h3>{{title}}</h3>
        <p class="where">{{where}}</p>
        <p class="when">{{t.since}} <time datetime="{{iso}}">{{since}}</time>{{#late}} · {{t.late}}{{/late}}{{#count}} · {{count}} {{t.times}}{{/count}}{{#next}} · {{t.next_call}} {{next}}{{/next}}</p>
        {{#instruction}}<p class="do">{{instruction}}</p>{{/instruction}}
        {{#reason}}<p class="reason">{{reason}}</p>{{/reason}}
        <div class="acts">
        {{#mayGo}}<form method="post" action="/alerts/{{id}}/acknowledge"><input type="hidden" name="form_token" value="{{form_token}}"><button class="main go">{{t.going}}</button></form>{{/mayGo}}
        {{#mayArrive}}<form method="post" action="/alerts/{{id}}/arrive"><input type="hidden" name="form_token" value="{{form_token}}"><button class="main">{{t.there}}</button></form>{{/mayArrive}}
        {{#mayUnshelve}}<form method="post" action="/alerts/{{id}}/unshelve"><input type="hidden" name="form_token" value="{{form_token}}"><button>{{t.unshelve}}</button></form>{{/mayUnshelve}}
        {{#mayResolve}}<details{{#openDone}} open{{/openDone}}><summary>{{t.done}}</summary>
        <form method="post" action="/alerts/{{id}}/resolve"><input type="hidden" name="form_token" value="{{form_token}}">
        <fieldset><legend>{{t.what_was_it}}</legend>
        <label><input type="radio" name="outcome" value="real" required> {{t.outcome_real}}</label>
        <label><input type="radio" name="outcome" value="false"> {{t.outcome_false}}</label>
        <label><input type="radio" name="outcome" value="test"> {{t.outcome_test}}</label>
        <label><input type="radio" name="outcome" value="technical"> {{t.outcome_technical}}</label>
        <label><input type="radio" name="outcome" value="other"> {{t.outcome_other}}</label>
        </fieldset>
        <label for="note-{{id}}">{{t.note}}</label><textarea id="note-{{id}}" name="note" rows="2" maxlength="1000"></textarea>
        <button class="main">{{t.done}}</button></form></details>{{/mayResolve}}
        {{#mayShelve}}<details><summary>{{t.shelve}}</summary>
        <form method="post" action="/alerts/{{id}}/shelve"><input type="hidden" name="form_token" value="{{form_token}}">
        <label for="for-{{id}}">{{t.shelve_for}}</label><select id="for-{{id}}" name="minutes"><option value="15">{{t.minutes_15}}</option><option value="60">{{t.minutes_60}}</option>{{#mayShelveLong}}<option value="480">{{t.minutes_480}}</option>{{/mayShelveLong}}</select>
        <label for="reason-{{id}}">{{t.reason}}</label><input id="reason-{{id}}" name="reason" required maxlength="500">
        <button>{{t.shelve}}</button></form></details>{{/mayShelve}}
        <a class="why" href="/alerts/{{id}}">{{t.why}}</a>
        </div>
        </article>
        """,
        "alert": """
        {{>head}}
        <h1>{{title}}</h1>
        {{#card}}{{>card}}{{/card}}
        <section><h2>{{t.what_happened}}</h2>
        <table><thead><tr><th scope="col">{{t.time}}</th><th scope="col">{{t.what}}</th><th scope="col">{{t.answered_by}}</th><th scope="col">{{t.reason}}</th></tr></thead>
        <tbody>{{#steps}}<tr><td>{{time}}</td><td>{{what}}</td><td>{{who}}</td><td>{{why}}</td></tr>{{/steps}}</tbody></table></section>
        <section><h2>{{t.who_was_told}}</h2>
        {{#hasNotices}}<table><thead><tr><th scope="col">{{t.time}}</th><th scope="col">{{t.what}}</th><th scope="col">{{t.account}}</th></tr></thead>
        <tbody>{{#notices}}<tr><td>{{time}}</td><td>{{what}}</td><td>{{who}}</td></tr>{{/notices}}</tbody></table>{{/hasNotices}}
        {{^hasNotices}}<p>{{t.nobody}}</p>{{/hasNotices}}</section>
        <section><h2>{{t.events}}</h2>
        <table><thead><tr><th scope="col">{{t.time}}</th><th scope="col">{{t.device}}</th><th scope="col">{{t.what}}</th></tr></thead>
        <tbody>{{#events}}<tr><td>{{time}}</td><td>{{device}}</td><td>{{what}}</td></tr>{{/events}}</tbody></table></section>
        {{#hasReasons}}<section><h2>{{t.why}}</h2><ul class="reasons">{{#reasons}}<li class="d{{depth}}">{{text}}</li>{{/reasons}}</ul></section>{{/hasReasons}}
        {{#sentence}}<section><h2>{{t.the_rule}}</h2><p>{{sentence}}</p></section>{{/sentence}}
        {{>foot}}
        """,
        "alerts": """
        {{>head}}
        <h1>{{t.alerts}}</h1>
        <form class="filters" method="get" action="/alerts">
        <label>{{t.place}} <select name="residence"><option value="">{{t.all}}</option>{{#residences}}<option value="{{id}}"{{#chosen}} selected{{/chosen}}>{{title}}</option>{{/residences}}</select></label>
        <label>{{t.priority}} <select name="priority"><option value="">{{t.all}}</option>{{#priorities}}<option value="{{id}}"{{#chosen}} selected{{/chosen}}>{{title}}</option>{{/priorities}}</select></label>
        <label>{{t.outcome}} <select name="outcome"><option value="">{{t.all}}</option>{{#outcomes}}<option value="{{id}}"{{#chosen}} selected{{/chosen}}>{{title}}</option>{{/outcomes}}</select></label>
        <label>{{t.from}} <input type="date" name="from" value="{{from}}"></label>
        <button>{{t.show}}</button>
        </form>
        {{#hasAlerts}}<div class="wide" tabindex="0" role="group" aria-label="{{t.scrolls}}"><table><thead><tr><th scope="col">{{t.began}}</th><th scope="col">{{t.priority}}</th><th scope="col">{{t.what}}</th><th scope="col">{{t.place}}</th><th scope="col">{{t.state}}</th><th scope="col">{{t.outcome}}</th></tr></thead>
        <tbody>{{#alerts}}<tr><td>{{began}}</td><td><span class="priority {{priority}}"><span aria-hidden="true">{{mark}}</span> {{priorityWord}}</span></td><td><a href="/alerts/{{id}}">{{title}}</a></td><td>{{where}}</td><td>{{state}}</td><td>{{outcome}}</td></tr>{{/alerts}}</tbody></table></div>{{/hasAlerts}}
        {{^hasAlerts}}<p>{{t.no_alerts}}</p>{{/hasAlerts}}
        {{>foot}}
        """,
    ]
}
