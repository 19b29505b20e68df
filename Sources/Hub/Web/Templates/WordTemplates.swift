/// What people say of a day, and who looked.
enum WordTemplates {
    static let all: [String: String] = [
        "words": """
        {{>head}}
        <h1>{{t.words}} – {{#chosen}}{{name}}, {{/chosen}}{{date}}</h1>
        <p>{{t.words_note}}</p>
        <nav class="days" aria-label="{{t.people}}">{{#people}}<a href="{{href}}"{{#chosen}} aria-current="true"{{/chosen}}>{{name}}</a> {{/people}}</nav>
        {{^chosen}}<p>{{t.nobody_lives_here}}</p>{{/chosen}}
        {{#chosen}}<nav class="days" aria-label="{{t.words_day}}"><a href="{{previous}}">← {{t.previous_day}}</a> <a href="{{next}}">{{t.next_day}} →</a> <a href="/residences/{{id}}/day/{{date}}">{{t.day}}</a></nav>
        {{#closed}}<p class="problem" role="alert">{{t.words_closed}}</p>{{/closed}}
        {{^closed}}{{#hasSaid}}<ul class="said">{{#said}}<li class="rule"><p><strong>{{when}}</strong> {{device}} · {{author}} ({{voice}})</p>
        {{#text}}<p class="do">{{text}}</p>{{/text}}{{#picture}}<p class="do">{{{picture}}} {{picture_word}}</p>{{/picture}}
        {{#recording}}<p>{{t.said_recording}}: <audio controls preload="none" src="{{recording}}" aria-label="{{t.said_recording}}"></audio> <a class="why" href="{{recording}}">{{t.said_recording}}</a></p>{{/recording}}
        <p class="hint">{{shared}}</p>
        {{#own}}<form method="post" action="/residences/{{residence_id}}/words/share"><input type="hidden" name="form_token" value="{{form_token}}"><input type="hidden" name="number" value="{{number}}"><input type="hidden" name="person" value="{{person}}"><input type="hidden" name="day" value="{{date}}"><button class="quiet" name="share" value="{{turn}}">{{turn_word}}</button></form>{{/own}}</li>{{/said}}</ul>{{/hasSaid}}
        {{^hasSaid}}<p class="calm">{{t.words_none}}</p>{{/hasSaid}}
        <h2>{{t.uses}}</h2>
        {{#hasUses}}<div class="wide" tabindex="0" role="group" aria-label="{{t.scrolls}}"><table><thead><tr><th scope="col">{{t.time}}</th><th scope="col">{{t.device}}</th><th scope="col">{{t.say_helped}}</th><th scope="col">{{t.words}}</th></tr></thead>
        <tbody>{{#uses}}<tr><td>{{when}}</td><td>{{device}}</td><td>{{support}}</td><td><a class="why" href="{{say}}">{{t.say_something}}</a></td></tr>{{/uses}}</tbody></table></div>{{/hasUses}}
        {{^hasUses}}<p>{{t.uses_none}}</p>{{/hasUses}}
        <section class="rule" id="say"><h2>{{t.say_something}}</h2>
        <form method="post" action="/residences/{{residence_id}}/words" enctype="multipart/form-data"><input type="hidden" name="form_token" value="{{form_token}}"><input type="hidden" name="person" value="{{person}}">
        <label for="device">{{t.say_of}}</label><select id="device" name="device"><option value="">{{t.say_all_devices}}</option>{{#devices}}<option value="{{id}}"{{#chosen_device}} selected{{/chosen_device}}>{{title}}</option>{{/devices}}</select>
        <label for="from">{{t.say_from}}</label><input id="from" name="from" type="datetime-local" required value="{{say_start}}">
        <label for="until">{{t.say_until}}</label><input id="until" name="until" type="datetime-local" value="{{say_end}}">
        <label for="words">{{t.say_words}}</label><textarea id="words" name="words" rows="3" maxlength="2000"></textarea>
        <fieldset class="pictures"><legend>{{t.say_picture}}</legend>{{#pictures}}<label><input type="radio" name="picture" value="{{value}}"{{#none}} checked{{/none}}> {{{picture}}} {{word}}</label>{{/pictures}}</fieldset>
        <fieldset><legend>{{t.say_support}}</legend><label><input type="radio" name="support" value="" checked> {{t.say_nothing}}</label><label><input type="radio" name="support" value="alone"> {{t.say_alone}}</label><label><input type="radio" name="support" value="helped"> {{t.say_helped}}</label></fieldset>
        <label for="prompts">{{t.say_prompts}}</label><input id="prompts" name="prompts" type="number" min="0" max="99" inputmode="numeric">
        <label for="recording">{{t.say_recording}}</label><input id="recording" name="recording" type="file" accept="audio/*">
        <fieldset><label><input type="checkbox" name="share" value="yes"> {{t.say_share}}</label></fieldset>
        <p><button class="main">{{t.say_it}}</button></p></form></section>{{/closed}}{{/chosen}}
        {{>foot}}
        """,
        "looks": """
        {{>head}}
        <h1>{{t.looks}} – {{name}}</h1>
        <p>{{t.looks_note}}</p>
        {{#partly}}<p class="problem" role="alert">{{t.looks_partly}}</p>{{/partly}}
        {{#hasLooks}}<div class="wide" tabindex="0" role="group" aria-label="{{t.scrolls}}"><table><thead><tr><th scope="col">{{t.time}}</th><th scope="col">{{t.who_said}}</th><th scope="col">{{t.what}}</th></tr></thead>
        <tbody>{{#looks}}<tr><td>{{at}}</td><td>{{who}}</td><td>{{what}}</td></tr>{{/looks}}</tbody></table></div>{{/hasLooks}}
        {{^hasLooks}}<p>{{t.looks_nobody}}</p>{{/hasLooks}}
        <p><a href="/people">{{t.people}}</a></p>
        {{>foot}}
        """,
    ]
}
