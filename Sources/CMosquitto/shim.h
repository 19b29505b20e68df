// libmosquitto (Debian: libmosquitto-dev), MQTT 5 and 3.1.1 client.
// mqtt_protocol.h has the MQTT 5 property and reason codes.
#include <mosquitto.h>
#include <mqtt_protocol.h>
