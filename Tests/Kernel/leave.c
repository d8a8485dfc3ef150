/* Ends the virtual machine with a status: QEMU's isa-debug-exit makes 2n + 1 of what is written to its port. There is no /dev/port here. */
#include <stdlib.h>
#include <sys/io.h>

int main(int count, char **words)
{
    if (iopl(3) != 0)
        return 1;
    outb((unsigned char)(count > 1 ? atoi(words[1]) : 0), 0xf4);
    return 0;
}
