// Tells Foyer how an application is used: what was started, shown, said, done. One file to copy, without dependencies.
//
//   const use = new FoyerUse({residence: 'home', device: 'tablet', publish: (topic, payload) => …});
//   use.app('pictograms');
//   use.symbol('drink');
//
// `publish` sends one message over MQTT with quality of service 1, and gives a promise that is kept when the broker has
// acknowledged it: with MQTT.js `(topic, payload) => client.publishAsync(topic, payload, {qos: 1})`. What happens without a
// connection is kept in `storage` and sent later, in order, with the time at which it happened; call `flush()` when there is
// a connection again, or wait for the next event. Each event has an identifier: one that is sent twice counts once. Nothing
// a person types or says belongs in here: names of applications, symbols and steps only. docs/use-events.md describes the
// messages.
'use strict';

const MOST = 10000;

class FoyerUse {
  // storage: an object with getItem and setItem, such as localStorage; without it events last as long as the page.
  constructor({residence, device, publish, storage = globalThis.localStorage ?? null, retry = 30000}) {
    this.topic = `foyer/${residence}/use/${device}`;
    this.key = `foyer-use:${this.topic}`;
    this.publish = publish;
    this.storage = storage;
    this.retry = retry;
    this.queue = this.load();
    this.sending = null;
    this.timer = null;
    if (this.queue.length) this.flush();
  }

  // An application was started. Each use may say whether somebody helped, where the application knows: {helped: false} is
  // "on one's own", and to say nothing is "not known".
  app(name, options) { return this.tell({app: String(name), ...FoyerUse.support(options)}); }
  // A symbol of a communication aid was chosen.
  symbol(name, options) { return this.tell({symbol: String(name), ...FoyerUse.support(options)}); }
  // A step of a schedule was done.
  step(name, options) { return this.tell({step: String(name), ...FoyerUse.support(options)}); }
  // Something was spoken aloud: the button's or phrase's name, never free text.
  said(name, options) { return this.tell({said: String(name), ...FoyerUse.support(options)}); }
  // Somebody helped with the last use, or nobody did; within ten minutes of it.
  helped(helped) { return this.tell({helped: Boolean(helped)}); }
  // The application reminded of something: what the next use within ten minutes is measured against.
  prompt(name) { return this.tell({prompt: String(name)}); }
  // How full the battery is, 0 to 100.
  battery(percent) { return this.tell({battery: Number(percent)}); }

  // How many events have not arrived yet.
  get waiting() { return this.queue.length; }

  tell(what) {
    this.queue.push({id: FoyerUse.identifier(), time: new Date().toISOString(), ...what});
    // The oldest go first: an aid that is away for months must not fill its store.
    if (this.queue.length > MOST) this.queue.splice(0, this.queue.length - MOST);
    this.save();
    return this.flush();
  }

  // Sends what waits, in order; returns when nothing waits any more, or when something did not get through.
  flush() {
    this.sending ??= this.send().finally(() => { this.sending = null; });
    return this.sending;
  }

  async send() {
    while (this.queue.length) {
      const event = this.queue[0];
      try {
        await this.publish(this.topic, JSON.stringify(event));
      } catch (_) {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.flush(), this.retry);
        this.timer?.unref?.();
        return;
      }
      if (this.queue[0] === event) this.queue.shift();
      this.save();
    }
  }

  load() {
    try {
      const events = JSON.parse(this.storage?.getItem(this.key) ?? '[]');
      return Array.isArray(events) ? events.filter(event => event && event.id) : [];
    } catch (_) {
      return [];
    }
  }

  save() {
    try { this.storage?.setItem(this.key, JSON.stringify(this.queue)); } catch (_) { /* The store is full: memory has it. */ }
  }

  static support(options) {
    return typeof options?.helped === 'boolean' ? {helped: options.helped} : {};
  }

  static identifier() {
    const bytes = new Uint8Array(12);
    if (globalThis.crypto?.getRandomValues) globalThis.crypto.getRandomValues(bytes);
    else for (let at = 0; at < bytes.length; at++) bytes[at] = Math.floor(Math.random() * 256);
    return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
  }
}

if (typeof module !== 'undefined') module.exports = {FoyerUse};
