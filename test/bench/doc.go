// Command bench measures the real Linecard from outside and prints one table: each figure with its aim and with what baresip,
// Linphone and Twinkle showed on a machine like this one.
//
//	make bench                          everything, five runs each: about half an hour
//	go run ./test/bench -only ring,call -runs 2
//	go run ./test/bench -against HEAD~1 compares with another commit in one run: the two take turns, and the ratio is printed
//	go run ./test/bench -write          puts the figures into docs/BENCHMARKS.md too
//
// # How it measures
//
// The binary under test runs as a process of its own with a data directory of its own, steered through its control socket, and
// its `linecard events` is read line by line. Everything else is this program's: the registrar and the callers are a SIP peer
// written here, by hand, on plain UDP sockets (peer.go), so that nothing of the phone measures the phone; the org is
// crm/demoorg behind a clock that notes when it answered (org.go); the sound server is a PulseAudio with null sinks, as the
// peers had (sound.go); the display is Xvfb (display.go). Packets are stamped by the kernel on arrival (SO_TIMESTAMPNS); what
// this program sends is stamped just before the system call, so its own delay counts against Linecard. Processor time and memory are /proc's: the
// nanoseconds of every thread (schedstat), PSS and private pages (smaps_rollup).
//
// Everything runs at nice -10 where that is allowed, as it did when the peers were measured (priority.go).
//
// A figure is taken in several runs, each with a new process. The table shows the median of the runs and their least and
// greatest. Figures whose runs do not disturb each other (waiting for a registrar, looking for growth) take them side by side; all others have
// the machine to themselves as far as this program goes: it prints the load other work put on it.
//
// With -against the other commit is built from an archive of it and measured by this program too, so that the way of measuring
// is the same; a commit whose control socket does not understand this program's requests cannot be compared with. Each run is a
// pair, and which of the two goes first changes from pair to pair: what else the machine does meets both. "worse" stands beside a
// figure whose median is more than 5 % above the other's; as long as the ranges overlap, take more -runs of that figure.
package main
