/// The other pages: handover, a day, devices, rules, figures.
enum CareTemplates {
    static let all: [String: String] = [
        "handover": """
        {{>head}}
        <h1>{{t.handover}}</h1>
        {{#residences}}<section class="handover"><h2>{{title}}</h2>
        <p>{{t.on_shift}}: {{onShift}} · {{t.on_call}}: {{onCall}}</p>
        {{#waiting}}<div class="waiting"><p><strong>{{t.waiting}}</strong> – {{time}} · {{outgoing}} {{t.leaves}}, {{incoming}} {{t.comes}}</p>
        <form method="post" action="/handover/{{residence}}/accept"><input type="hidden" name="form_token" value="{{form_token}}"><input type="hidden" name="handover" value="{{id}}"><button class="main">{{t.accept}}</button></form></div>{{/waiting}}
        <h3>{{t.open_now}}</h3>
        {{#hasOpen}}<ul>{{#open}}<li><span class="priority {{priority}}"><span aria-hidden="true">{{mark}}</span> {{priorityWord}}</span> <a href="/alerts/{{id}}">{{title}}</a> – {{where}} – {{state}}</li>{{/open}}</ul>{{/hasOpen}}
        {{^hasOpen}}<p>{{t.nothing_open}}</p>{{/hasOpen}}
        <h3>{{t.not_watched}}</h3>
        {{#hasBlind}}<ul>{{#blind}}<li>{{name}} {{place}} – {{why}}</li>{{/blind}}</ul>{{/hasBlind}}
        {{^hasBlind}}<p>{{t.all_watched}}</p>{{/hasBlind}}
        <h3>{{t.this_shift}}</h3>
        {{#hasShift}}<ul>{{#shift}}<li>{{began}} – <a href="/alerts/{{id}}">{{title}}</a> – {{where}} – {{state}} {{outcome}} {{note}}</li>{{/shift}}</ul>{{/hasShift}}
        {{^hasShift}}<p>{{t.no_alerts}}</p>{{/hasShift}}
        </section>{{/residences}}
        {{>foot}}
        """,
        "people": """
        {{>head}}
        <h1>{{t.people}}</h1>
        <p>{{t.people_note}}</p>
        {{#residences}}<section class="handover"><h2>{{title}}</h2>
        {{#people}}<article class="rule"><h3>{{name}}</h3>
        <p class="days"><a href="{{words}}">{{t.words}}</a>{{#looks}} <a href="{{looks}}">{{t.looks}}</a>{{/looks}}</p>
        <ul>{{#purposes}}<li>{{purpose}}: <strong>{{answer}}</strong></li>{{/purposes}}</ul>
        {{#wishes}}<div class="waiting"><p><strong>{{t.wishes}}: {{purpose}}</strong> – {{at}}. {{t.wish_text}} {{version}}.</p><p>{{t.wish_note}}</p>
        <form method="post" action="/residences/{{residence}}/people/agreement"><input type="hidden" name="form_token" value="{{form_token}}"><input type="hidden" name="person" value="{{id}}"><input type="hidden" name="purpose" value="{{purpose_name}}"><label for="understanding-{{id}}-{{number}}">{{t.understanding}}</label><input id="understanding-{{id}}-{{number}}" name="understanding" required maxlength="500"> <button class="main">{{t.complete_wish}} – {{name}}</button></form></div>{{/wishes}}
        {{#until}}<p class="calm"><strong>{{t.paused_until}} {{until}}</strong></p>
        <form method="post" action="/residences/{{residence}}/people/resume"><input type="hidden" name="form_token" value="{{form_token}}"><input type="hidden" name="person" value="{{id}}"><button class="main">{{t.end_pause}} – {{name}}</button></form>{{/until}}
        {{^until}}<form method="post" action="/residences/{{residence}}/people/pause"><input type="hidden" name="form_token" value="{{form_token}}"><input type="hidden" name="person" value="{{id}}"><label for="minutes-{{id}}">{{t.pause_for}}</label><select id="minutes-{{id}}" name="minutes">{{#spans}}<option value="{{minutes}}"{{#chosen}} selected{{/chosen}}>{{label}}</option>{{/spans}}</select> <button class="main">{{t.pause}} – {{name}}</button></form>{{/until}}
        </article>{{/people}}
        {{^people}}<p>{{t.nobody_lives_here}}</p>{{/people}}
        </section>{{/residences}}
        {{>foot}}
        """,
        "day": """
        {{>head}}
        <div class="row"><h1>{{residence}} – {{date}}</h1></div>
        <nav class="days" aria-label="{{t.day}}"><a href="/residences/{{id}}/day/{{previous}}">← {{t.previous_day}}</a> <a href="/residences/{{id}}/day/{{next}}">{{t.next_day}} →</a> <a href="/residences/{{id}}/use">{{t.use}}</a> <a href="/residences/{{id}}/words?day={{date}}">{{t.words}}</a></nav>
        <div class="wide" tabindex="0" role="group" aria-label="{{t.scrolls}}">{{{chart}}}</div>
        <ul class="hours">{{#hours}}<li><a href="/residences/{{id}}/day/{{date}}?hour={{hour}}"{{#chosen}} aria-current="true"{{/chosen}}>{{label}}</a></li>{{/hours}}</ul>
        <details><summary>{{t.as_table}}</summary><div class="wide" tabindex="0" role="group" aria-label="{{t.scrolls}}"><table><thead><tr><th scope="col">{{t.from}}</th><th scope="col">{{t.to}}</th><th scope="col">{{t.place}}</th><th scope="col">{{t.what}}</th><th scope="col">{{t.words}}</th></tr></thead>
        <tbody>{{#rows}}<tr><td>{{from}}</td><td>{{to}}</td><td>{{where}}</td><td>{{#alert}}<a href="/alerts/{{alert}}">{{what}}</a>{{/alert}}{{^alert}}{{what}}{{/alert}}</td><td>{{#say}}<a class="why" href="{{say}}">{{t.say_something}}</a>{{/say}}</td></tr>{{/rows}}</tbody></table></div></details>
        {{>foot}}
        """,
        "use": """
        {{>head}}
        <h1>{{residence}} – {{t.use}}</h1>
        <p>{{t.use_note}}</p>
        <p>{{t.use_support_note}}</p>
        {{#vault_closed}}<p class="calm"><strong>{{t.vault_closed_words}}</strong></p>{{/vault_closed}}
        <nav class="days" aria-label="{{t.use}}"><a href="/residences/{{id}}/day">{{t.day}}</a></nav>
        {{#devices}}<section><h2>{{title}}</h2><p>{{t.uses}}: {{uses}} · {{t.watched}}: {{watched}}</p>
        <ul>{{#support}}<li>{{name}}: {{text}}</li>{{/support}}</ul>
        {{#isOtherwise}}<details><summary>{{t.otherwise}} – {{title}}</summary><p>{{t.presumes}}: {{presumes}}</p><p>{{t.otherwise_note}}</p><ul>{{#divergent}}<li>{{when}} {{what}} – {{how}} · <a href="{{say}}">{{t.say_something}}</a></li>{{/divergent}}</ul></details>{{/isOtherwise}}
        <div class="wide" tabindex="0" role="group" aria-label="{{t.scrolls}}">{{{chart}}}</div>
        <details><summary>{{t.as_table}} – {{title}}</summary><table><thead><tr><th scope="col">{{t.week_of}}</th><th scope="col">{{t.uses_a_day}}</th><th scope="col">{{t.use_autonomy_column}}</th><th scope="col">{{t.watched}}</th></tr></thead>
        <tbody>{{#rows}}<tr><th scope="row">{{monday}}</th><td>{{uses}}</td><td>{{alone}}</td><td>{{watched}}</td></tr>{{/rows}}</tbody></table></details></section>{{/devices}}
        {{>foot}}
        """,
        "backtest": """
        {{>head}}
        <h1>{{t.backtest}}</h1>
        <p>{{t.backtest_note}} {{entries}} {{t.backtest_entries}}, {{days}} {{t.backtest_days}}: {{alerts}} {{t.backtest_alerts}}.</p>
        <div class="wide" tabindex="0" role="group" aria-label="{{t.scrolls}}"><table><thead><tr><th scope="col">{{t.priority}}</th><th scope="col">{{t.the_rule}}</th><th scope="col">{{t.count}}</th><th scope="col">{{t.longest}}</th><th scope="col">{{t.chattering}}</th><th scope="col">{{t.standing}}</th><th scope="col">{{t.latest_time}}</th></tr></thead>
        <tbody>{{#rules}}<tr><td><span class="priority {{priority}}"><span aria-hidden="true">{{mark}}</span> {{priorityWord}}</span></td><th scope="row">{{title}}</th><td>{{count}}</td><td>{{longest}}</td><td>{{chattering}}</td><td>{{standing}}</td><td>{{last}}</td></tr>{{/rules}}</tbody></table></div>
        {{>foot}}
        """,
        "rules": """
        {{>head}}
        <h1>{{t.rules}}</h1>
        <p><a class="button" href="/rules/backtest">{{t.backtest}}</a></p>
        {{#rules}}<article class="rule"><h2>{{title}}</h2><p><span class="priority {{priority}}"><span aria-hidden="true">{{mark}}</span> {{priorityWord}}</span></p><p>{{sentence}}</p>{{#instruction}}<p class="do">{{instruction}}</p>{{/instruction}}<p class="hint">{{count}} {{t.in_the_last}}{{#falseCount}} · {{falseCount}} {{t.false_share}}{{/falseCount}} · {{chain}}</p></article>{{/rules}}
        {{>foot}}
        """,
        "figures": """
        {{>head}}
        <h1>{{t.figures}}</h1><p>{{t.period_28}}. {{t.figures_note}}</p>
        {{#residences}}<section><h2>{{title}}</h2><div class="wide" tabindex="0" role="group" aria-label="{{t.scrolls}}"><table><thead><tr><th scope="col">{{t.shift}}</th><th scope="col">{{t.count}}</th><th scope="col">{{t.alarm_load}}</th><th scope="col">{{t.to_acknowledge}}: {{t.median}}</th><th scope="col">{{t.ninetieth}}</th><th scope="col">{{t.within_60}}</th><th scope="col">{{t.within_180}}</th><th scope="col">{{t.to_be_there}}: {{t.median}}</th><th scope="col">{{t.false_share}}</th><th scope="col">{{t.chattering}}</th><th scope="col">{{t.standing}}</th></tr></thead>
        <tbody>{{#lines}}<tr><th scope="row">{{shift}}</th><td>{{count}}</td><td>{{load}}</td><td>{{median}}</td><td>{{ninetieth}}</td><td>{{within60}}</td><td>{{within180}}</td><td>{{there}}</td><td>{{falseShare}}</td><td>{{chattering}}</td><td>{{standing}}</td></tr>{{/lines}}</tbody></table></div></section>{{/residences}}
        {{>foot}}
        """,
    ]
}
