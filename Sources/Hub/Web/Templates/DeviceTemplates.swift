/// The pages about devices: how they are, what has no place yet, one device with its test.
enum DeviceTemplates {
    static let all: [String: String] = [
        "devices": """
        {{>head}}
        <h1>{{t.devices}}</h1>
        {{#residences}}<section><h2>{{title}}</h2><div class="wide" tabindex="0" role="group" aria-label="{{t.scrolls}}"><table><thead><tr><th scope="col">{{t.device}}</th><th scope="col">{{t.room}}</th><th scope="col">{{t.health}}</th><th scope="col">{{t.last_seen}}</th><th scope="col">{{t.battery}}</th><th scope="col">{{t.link}}</th></tr></thead>
        <tbody>{{#devices}}<tr><th scope="row"><a href="{{link}}">{{title}}</a></th><td>{{room}}</td><td><span class="health {{healthClass}}"><span aria-hidden="true">{{mark}}</span> {{health}}</span>{{#gone}} <strong>{{t.gone_since}} {{gone}}</strong>{{/gone}}{{#waits}} <strong><span aria-hidden="true">◔</span> {{t.waits_for_test}}</strong>{{/waits}}{{#odd}}<br><small>{{note}}</small>{{/odd}}{{#besides}}<form method="post" action="/devices/also"><input type="hidden" name="form_token" value="{{form_token}}"><input type="hidden" name="device" value="{{id}}"><input type="hidden" name="from" value="{{topic}}"><small>{{t.heard_besides}}: <code>{{topic}}</code></small> <button>{{t.add_topic}}</button></form>{{/besides}}</td><td>{{seen}}</td><td>{{battery}}</td><td>{{quality}}</td></tr>{{/devices}}</tbody></table></div></section>{{/residences}}
        {{#hasUnknown}}<section><h2>{{t.unknown_topics}}</h2><p>{{t.unknown_topics_hint}}</p>{{#notListed}}<p class="problem">{{notListed}} {{t.not_listed}}</p>{{/notListed}}<div class="wide" tabindex="0" role="group" aria-label="{{t.scrolls}}"><table><thead><tr><th scope="col">{{t.device}}</th><th scope="col">{{t.can_tell}}</th><th scope="col">{{t.last_seen}}</th><th scope="col">{{t.latest}}</th></tr></thead>
        <tbody>{{#unknown}}<tr><th scope="row">{{name}} {{model}} <small>{{topic}}</small> <a class="button" href="{{link}}">{{t.place_device}}</a></th><td>{{tells}}{{#state}} <strong>{{state}}</strong>{{/state}}{{#gone}} <strong>{{t.gone_since}} {{gone}}</strong>{{/gone}}</td><td>{{seen}}</td><td><code>{{sample}}</code></td></tr>{{/unknown}}</tbody></table></div>{{#more}}<p>{{more}} {{t.more_proposals}}</p>{{/more}}</section>{{/hasUnknown}}
        {{>foot}}
        """,
        "place": """
        {{>head}}
        <h1>{{t.place_device}}</h1>
        {{#problem}}<p class="problem" role="alert">{{problem}}</p>{{/problem}}
        <p>{{#about}}<strong>{{about}}</strong> – {{/about}}{{t.topic}}: <code>{{topic}}</code></p>
        {{#gone}}<p class="problem">{{t.gone_since}} {{gone}}</p>{{/gone}}
        {{#tells}}<p>{{t.can_tell}}: {{tells}}</p>{{/tells}}
        {{#messages}}<p>{{t.latest}}: <small>{{topic}}</small> <code>{{sample}}</code></p>{{/messages}}
        {{^messages}}<p>{{t.not_heard_yet}}</p>{{/messages}}
        {{#hasProfiles}}<form class="place" method="post" action="/devices/place"><input type="hidden" name="form_token" value="{{form_token}}"><input type="hidden" name="from" value="{{from}}">
        <fieldset><legend>{{t.what_is_it}}</legend>{{#profiles}}<label><input type="radio" name="profile" value="{{id}}" required{{#chosen}} checked{{/chosen}}> <span>{{title}} <small>{{reads}}</small>{{#readsNothing}}<small class="problem">{{t.reads_nothing}}</small>{{/readsNothing}}{{#script}}<small>{{t.presumes}}: {{script}}</small>{{/script}}</span></label>{{#hasSteps}}<details><summary>{{t.to_try}} – {{title}}</summary><ol>{{#steps}}<li>{{step}}</li>{{/steps}}</ol></details>{{/hasSteps}}{{/profiles}}</fieldset>
        <label for="place">{{t.which_room}}</label><select id="place" name="place" required>{{#places}}<option value="{{id}}"{{#chosen}} selected{{/chosen}}>{{title}}</option>{{/places}}</select>
        <label for="person">{{t.whose}}</label><select id="person" name="person"><option value="">{{t.nobodys}}</option>{{#people}}<option value="{{id}}"{{#chosen}} selected{{/chosen}}>{{title}}</option>{{/people}}</select>
        <label for="title">{{t.its_name}}</label><input id="title" name="title" required maxlength="80" value="{{name}}">
        <button class="main">{{t.place_it}}</button></form>
        {{#hasDevices}}<h2>{{t.replaces}}</h2><p>{{t.replaces_hint}}</p>
        <form class="place" method="post" action="/devices/replace"><input type="hidden" name="form_token" value="{{form_token}}"><input type="hidden" name="from" value="{{from}}">
        <label for="device">{{t.replaces_which}}</label><select id="device" name="device" required>{{#devices}}<option value="{{id}}"{{#chosen}} selected{{/chosen}}>{{title}}</option>{{/devices}}</select>
        <label for="why">{{t.replaces_why}}</label><input id="why" name="why" required maxlength="200" value="{{why}}">
        <button>{{t.replace_it}}</button></form>{{/hasDevices}}{{/hasProfiles}}
        {{^hasProfiles}}<p>{{t.no_profile}}</p>{{/hasProfiles}}
        {{#draft}}<details{{#open}} open{{/open}}><summary>{{t.write_profile}}</summary><p>{{t.write_profile_hint}}</p>
        <form method="post" action="/devices/profile"><input type="hidden" name="form_token" value="{{form_token}}"><input type="hidden" name="from" value="{{from}}">
        <label for="text">{{t.profile}}</label><textarea id="text" name="text" rows="24" cols="80" spellcheck="false" required>{{text}}</textarea>
        <button>{{t.keep_profile}}</button></form></details>{{/draft}}
        {{>foot}}
        """,
        "placed": """
        {{>head}}
        <h1>{{t.place_device}}</h1>
        <p class="calm"><strong>{{name}}</strong> – {{room}}. {{t.placed}}</p>
        {{#readsNothing}}<p class="problem">{{t.reads_nothing}}</p>{{/readsNothing}}
        {{#alarms}}<p><strong>{{t.waits_for_test}}: {{alarms}}</strong></p>{{/alarms}}
        {{#hasSteps}}<h2>{{t.to_try}}</h2><ol>{{#steps}}<li>{{step}}</li>{{/steps}}</ol>{{/hasSteps}}
        <p><a class="button main" href="{{link}}">{{t.press_it}}</a> <a href="/devices">{{t.devices}}</a></p>
        {{>foot}}
        """,
        "device": """
        {{>head}}
        <h1>{{title}}</h1>
        <div id="live">{{>device-part}}</div>
        {{#words}}<p><a href="{{words}}">{{t.words}}</a></p>{{/words}}
        <p><a href="/devices">{{t.devices}}</a></p>
        {{>foot}}
        """,
        "device-part": """
        <p>{{place}} – <span class="health {{healthClass}}"><span aria-hidden="true">{{mark}}</span> {{health}}</span> · {{t.last_seen}}: {{seen}} · {{t.battery}}: {{battery}} · {{t.link}}: {{quality}}{{#odd}}<br>{{note}}{{/odd}}</p>
        <p><small>{{kind}} – <code>{{topic}}</code></small></p>
        {{#gone}}<p class="problem" role="alert">{{t.gone_since}} {{gone}}. {{t.gone_hint}}</p>{{/gone}}
        {{#hasAlarms}}<h2>{{t.alarms}}</h2><ul>{{#alarms}}<li>{{name}}: {{#tested}}<span class="health well"><span aria-hidden="true">✓</span> {{t.test_seen}}</span> {{tested}} {{tester}}{{/tested}}{{^tested}}<strong><span aria-hidden="true">◔</span> {{t.waits_for_test}}</strong>{{/tested}}</li>{{/alarms}}</ul>
        {{#waits}}<p>{{t.waits_hint}}</p>{{/waits}}
        {{#trial}}<div class="waiting" role="status"><p><strong>{{t.press_now}}</strong> {{t.press_hint}} – {{trial}}</p>{{#hasSteps}}<ul>{{#steps}}<li>{{text}}</li>{{/steps}}</ul>{{/hasSteps}}</div>{{/trial}}
        {{#mayTry}}<form method="post" action="{{link}}/test"><input type="hidden" name="form_token" value="{{form_token}}"><button class="main">{{t.begin_test}}</button></form>{{/mayTry}}{{/hasAlarms}}
        <h2>{{t.history}}</h2><ul>{{#history}}<li>{{at}} – {{what}} {{who}} <small>{{detail}}</small></li>{{/history}}</ul>
        """,
    ]
}
