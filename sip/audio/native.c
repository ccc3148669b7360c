#include "native.h"

#include <string.h>

#ifdef _WIN32
#include <windows.h>
int64_t linecard_now(void) {
	LARGE_INTEGER t, f;
	QueryPerformanceCounter(&t);
	QueryPerformanceFrequency(&f);
	return (int64_t)((double)t.QuadPart * 1e9 / (double)f.QuadPart);
}
#else
#include <time.h>
int64_t linecard_now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
#endif

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

static void fifo_write(linecard_fifo *f, const int16_t *pcm, uint64_t n) {
	uint64_t w = __atomic_load_n(&f->wrote, __ATOMIC_RELAXED);
	n = least(n, linecard_fifo_size - (w - __atomic_load_n(&f->taken, __ATOMIC_ACQUIRE)));
	uint64_t at = w % linecard_fifo_size, m = least(n, linecard_fifo_size - at);
	memcpy(f->buf + at, pcm, m * sizeof *pcm);
	memcpy(f->buf, pcm + m, (n - m) * sizeof *pcm);
	__atomic_store_n(&f->wrote, w + n, __ATOMIC_RELEASE);
}

static void fifo_next(linecard_fifo *f, int16_t *pcm, uint64_t want) {
	uint64_t r = __atomic_load_n(&f->taken, __ATOMIC_RELAXED);
	uint64_t n = least(want, __atomic_load_n(&f->wrote, __ATOMIC_ACQUIRE) - r);
	uint64_t at = r % linecard_fifo_size, m = least(n, linecard_fifo_size - at);
	memcpy(pcm, f->buf + at, m * sizeof *pcm);
	memcpy(pcm + m, f->buf, (n - m) * sizeof *pcm);
	memset(pcm + n, 0, (want - n) * sizeof *pcm);
	__atomic_store_n(&f->taken, r + n, __ATOMIC_RELEASE);
}

// exchange does what bridge.exchange of bridge.go does, in the same order.
static void exchange(linecard_device *device, void *out, const void *in, uint32_t frames) {
	linecard_shared *s = device->user_data;
	__atomic_store_n(&s->native_last, linecard_now(), __ATOMIC_RELEASE);
	if (in)
		fifo_write(&s->microphone, in, frames);
	if (out)
		fifo_next(&s->speaker, out, frames);
}

void linecard_notified(const linecard_notification *n) {
	linecard_device *d = n->device;
	if (n->type != 0 || // ma_device_notification_type_started
	    d->sample_rate != 48000 || d->on_notification != linecard_notified || !d->user_data)
		return;
	d->on_data = exchange;
}
