// libmnl for Swift: netlink sockets. With the numbers of generic netlink's controller, and the addresses of raw sockets.

#pragma once
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/if_packet.h>
