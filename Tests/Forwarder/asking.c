/* Requests to the control: see asking.h. */
#include "asking.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "test_port.h"

int asking_devices;
struct vr_device_state asking_device_state = {.link_up = true, .system_index = 7, .mtu = 1500, .speed = 1000, .receive_errors = 3};

/* ---- What a port does ------------------------------------------------------------------------------------------------------ */

int vr_port_attach(const struct vr_device_wanted *wanted, void *old, void **device)
{
    if (strncmp(wanted->name, "busy", 4) == 0)
        return -EBUSY;
    if (strncmp(wanted->name, "none", 4) == 0)
        return -ENODEV;
    /* Another name is another device: the test port has room for two of an interface. */
    *device = test_device(wanted->interface + (strncmp(wanted->name, "other", 5) == 0 ? 1000 : 0));
    if (*device != old)
        asking_devices++;
    return 0;
}

void vr_port_detach(void *device)
{
    assert(device);
    asking_devices--;
}

void vr_port_device_get(void *device, struct vr_device_state *state)
{
    assert(device);
    *state = asking_device_state;
}

bool vr_port_packet_make(struct vr_packet *packet, const uint8_t *bytes, uint32_t length)
{
    *packet = test_packet(bytes, length);
    return true;
}

/* ---- Asking --------------------------------------------------------------------------------------------------------------- */

static int take(void *context, uint8_t command, const void *attributes, size_t length)
{
    struct asking *asking = context;
    struct told *told = &asking->told[asking->count];

    if (asking->writes_left == 0)
        return -EPIPE;
    if (asking->writes_left > 0)
        asking->writes_left--;
    assert(asking->responses == 0);
    if (command == VROUTER_COMMAND_RESPONSE) {
        asking->responses++;
        assert(vrouter_response_decode(&asking->response, attributes, length) == 0);
        return 0;
    }
    assert(asking->count < ASKING_MESSAGES && length <= UINT16_MAX);
    *told = (struct told){command, (uint16_t)length, malloc(length ? length : 1)};
    assert(told->attributes);
    memcpy(told->attributes, attributes, length);
    asking->count++;
    return 0;
}

void asking_forget(struct asking *asking)
{
    while (asking->count)
        free(asking->told[--asking->count].attributes);
    asking->responses = 0;
}

void asking_begin(struct asking *asking, const struct vr_limits *limits)
{
    memset(asking, 0, sizeof(*asking));
    asking->part_bytes = 65536;
    asking->writes_left = -1;
    assert(vr_router_create(limits, &asking->router) == 0);
    assert(vr_control_create(asking->router, "test", VROUTER_FORWARDER_PORT_USER, &asking->control) == 0);
}

void asking_end(struct asking *asking)
{
    asking_forget(asking);
    vr_control_destroy(asking->control);
    vr_router_destroy(asking->router);
    test_forget_events();
    assert(test.buffers == 0 && test.allocations == 0 && asking_devices == 0);
}

int ask_bytes(struct asking *asking, uint8_t command, const void *attributes, size_t length)
{
    struct vr_control_answer answer = {take, asking, asking->part_bytes};
    /* Of exactly this length, so that sanitizers see a byte too many. */
    uint8_t *copy = malloc(length ? length : 1);
    int error;

    assert(copy);
    if (length)
        memcpy(copy, attributes, length);
    asking_forget(asking);
    error = vr_control_request(asking->control, command, copy, length, &answer);
    free(copy);
    test_quiesce();
    assert(error != 0 || asking->responses == 1);
    return error ? error : (int)asking->response.error;
}

int ask(struct asking *asking, uint8_t command, const struct vrouter_layout *layout, const void *message)
{
    static uint8_t bytes[VROUTER_MAXIMUM_BYTES];
    int length = vrouter_attributes_encode(layout, message, bytes, sizeof(bytes));

    assert(length >= 0);
    return ask_bytes(asking, command, bytes, (size_t)length);
}

int ask_device_changed(struct asking *asking, uint32_t interface)
{
    struct vr_control_answer answer = {take, asking, asking->part_bytes};
    int error;

    asking_forget(asking);
    error = vr_control_device_changed(asking->control, interface, &answer);
    test_quiesce();
    return error;
}

bool told(const struct asking *asking, unsigned int index, uint8_t command, const struct vrouter_layout *layout, void *message)
{
    struct vrouter_fault fault;

    return index < asking->count && asking->told[index].command == command &&
           vrouter_attributes_decode(layout, message, asking->told[index].attributes, asking->told[index].length, &fault) == 0;
}
