// The least that stores MQTT messages: a persistent QoS 1 subscriber that inserts each message into SQLite, in
// transactions of 1,000. `hubctl bench` compiles it and measures the hub against it. It decodes nothing, knows no
// devices and no rules, and acknowledges before it commits, so that it can lose what the hub cannot.
//
//   cc -O2 -o subscriber subscriber.c -lmosquitto -lsqlite3
//   subscriber HOST PORT CLIENT_ID FILTER DATABASE COUNT     COUNT 0: subscribe only, and leave

#include <mosquitto.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

enum { batch = 1000 };

static sqlite3 *database;
static sqlite3_stmt *insert;
static const char *filter;
static long wanted, stored;

static void run(const char *sql) {
    char *message = NULL;
    if (sqlite3_exec(database, sql, NULL, NULL, &message) != SQLITE_OK) {
        fprintf(stderr, "%s: %s\n", sql, message);
        exit(1);
    }
}

static void connected(struct mosquitto *client, void *unused, int code) {
    if (code != 0 || mosquitto_subscribe(client, NULL, filter, 1) != MOSQ_ERR_SUCCESS) exit(1);
}

static void subscribed(struct mosquitto *client, void *unused, int packet, int count, const int *granted) {
    if (wanted == 0) mosquitto_disconnect(client);
}

static void received(struct mosquitto *client, void *unused, const struct mosquitto_message *message) {
    if (stored % batch == 0) run("BEGIN");
    sqlite3_bind_text(insert, 1, message->topic, -1, SQLITE_STATIC);
    sqlite3_bind_blob(insert, 2, message->payload, message->payloadlen, SQLITE_STATIC);
    if (sqlite3_step(insert) != SQLITE_DONE) exit(1);
    sqlite3_reset(insert);
    stored += 1;
    if (stored % batch == 0 || stored == wanted) run("COMMIT");
    if (stored == wanted) mosquitto_disconnect(client);
}

int main(int count, char **arguments) {
    if (count != 7) return 2;
    filter = arguments[4];
    wanted = atol(arguments[6]);
    if (sqlite3_open(arguments[5], &database) != SQLITE_OK) return 1;
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");
    run("CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, topic TEXT, payload BLOB)");
    sqlite3_prepare_v2(database, "INSERT INTO messages (topic, payload) VALUES (?1, ?2)", -1, &insert, NULL);
    mosquitto_lib_init();
    struct mosquitto *client = mosquitto_new(arguments[3], false, NULL);
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_connect_callback_set(client, connected);
    mosquitto_subscribe_callback_set(client, subscribed);
    mosquitto_message_callback_set(client, received);
    if (mosquitto_connect(client, arguments[1], atoi(arguments[2]), 30) != MOSQ_ERR_SUCCESS) return 1;
    int code = mosquitto_loop_forever(client, -1, 1);
    return code == MOSQ_ERR_SUCCESS && stored >= wanted ? 0 : 1;
}
