// Command bench measures the real Linecard from outside and prints one table: each figure with its aim and with the
// results of baresip, Linphone and Twinkle on a similar machine.
//
//	make bench                          everything, five runs each: about three quarters of an hour
//	go run ./test/bench -only ring,call -runs 2
//	go run ./test/bench -against HEAD~1 compares with another commit in one run: the two take turns, and the ratio is printed
//	go run ./test/bench -write          puts the figures into docs/BENCHMARKS.md too
//
// # How it measures
//
// The binary under test is a separate process with its own data directory. It is controlled through its control socket,
// and its `linecard events` is read line by line. This program provides everything else. The registrar and the callers
// are a SIP peer on plain UDP sockets (peer.go), which shares no code with the phone. The org is crm/demoorg with a
// record of when it answered (org.go). The sound server is a PulseAudio with null sinks, as for the other phones
// (sound.go); the display is Xvfb (display.go). The kernel stamps packets on arrival (SO_TIMESTAMPNS). Packets from
// this program are stamped just before the system call, so its own delay counts against Linecard. Processor time and
// memory come from /proc: the nanoseconds of every thread (schedstat), PSS and private pages (smaps_rollup).
//
// Where an aim is relative, both sides are measured in one run and by turns: baresip as the callee beside Linecard
// (beside.go), and a call with SDES or DTLS-SRTP beside the same one in clear (encrypted.go). There the far end's sound is a
// media.Session of this program.
//
// Everything runs at nice -10 where this is allowed, as when the other phones were measured (priority.go).
//
// A figure is measured in several runs, each with a new process. The table shows the median of the runs with the least
// and the greatest. Figures whose runs do not disturb each other (waiting for a registrar, looking for growth) run in
// parallel; during all others this program does nothing else. It prints the load that other programs put on the
// machine.
//
// With -against the other commit is built from an archive and measured by this program too, so that the method is the
// same. A commit whose control socket does not understand this program's requests cannot be compared. The two commits
// run in pairs in changing order, so that other work on the machine affects both. "worse" marks a figure whose median
// is more than 5 % above the other's; as long as the ranges overlap, use more -runs for that figure.
package main
