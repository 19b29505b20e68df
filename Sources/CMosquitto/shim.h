// libmosquitto (Debian: libmosquitto-dev), MQTT 5 and 3.1.1 client.
// mqtt_protocol.h has the MQTT 5 property and reason codes.
#include <mosquitto.h>
#include <mqtt_protocol.h>
// What the intake thread waits on, and Swift's Glibc module leaves out.
#include <sys/eventfd.h>
