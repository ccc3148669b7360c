// The device's side of the bridge, in C; see native.go for why.
#ifndef LINECARD_NATIVE_H
#define LINECARD_NATIVE_H

#include <stdint.h>

// What miniaudio hands to its notification callback, as far as it is needed, and the head of its device. Both are as in
// miniaudio 0.11.23, which malgo 0.11.24 carries; linecard_notified checks that they still are.
typedef struct linecard_device linecard_device;
typedef void (*linecard_data_proc)(linecard_device *device, void *out, const void *in, uint32_t frames);
typedef struct {
	linecard_device *device;
	int type;
} linecard_notification;
struct linecard_device {
	void *context;
	int type;
	uint32_t sample_rate;
	int state;
	linecard_data_proc on_data;
	void (*on_notification)(const linecard_notification *);
	void *on_stop;
	void *user_data;
};

// linecard_fifo is fifo of fifo.go, linecard_shared is shared of bridge.go; native.go checks that they are.
enum { linecard_fifo_size = 1 << 14 };
typedef struct {
	uint64_t taken, wrote;
	int16_t buf[linecard_fifo_size];
} linecard_fifo;
typedef struct {
	int64_t native_last, last;
	linecard_fifo microphone, speaker;
} linecard_shared;

// linecard_notified is the device's notification callback; it puts the device's data callback in place.
void linecard_notified(const linecard_notification *n);

// linecard_now is a monotonic time in nanoseconds.
int64_t linecard_now(void);

#endif
