// libmnl for Swift: netlink sockets. With the numbers of generic netlink's controller.

#pragma once
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
