// Package audio is the phone's ears and mouth: it opens the microphone, the speaker and the ringer, keeps the clock every
// call is paced by, mixes what calls say with the tones the phone makes, and goes on when a device is pulled out.
//
// # The clock
//
// A call is a [Port]. While at least one is attached, one goroutine, the clock, calls every port once each 10 ms with 480
// samples of 48 kHz mono: first WriteMicrophone, from which the call makes its RTP packet, then ReadSpeaker. Ports are never
// called from a sound card's callback. Sound servers hand out periods in bursts (PipeWire: 21 ms at a time by default), and a
// phone that sends from the callback sends in bursts too; and a callback that has ceased, because somebody pulled the headset,
// would silence the line. So the device and the clock meet in two short FIFOs, and the clock is steered by how full the
// speaker's is: it follows the sound card's crystal, not the computer's, without copying its stutter (see pace.go).
// With no device, or none yet, the clock simply runs by itself: that is the null device. A port cannot tell the difference
// but for the silence, and RTP goes on without a gap while a device opens, fails, is changed or comes back.
//
// # The devices
//
// Devices are open only while something needs them and three seconds beyond, so that an idle phone costs nothing, shows no
// microphone light, and calls that follow each other do not reopen the card. Opening and closing may take a second or, with a
// sound server in trouble, without end; both happen on goroutines of their own and never on a caller's. There are two lines:
// the talk line (microphone and speaker, full duplex) for ports and the tones an agent hears in the ear, and the ring line
// (playback only, so a ringing phone does not open the microphone) for the ring tone, which may go to a device of its own.
// While a call is up the ring tone is not played into the room: the agent hears the call waiting tone instead.
//
// A watchdog reopens a device that has gone silent: malgo neither stops nor reports when a device vanishes, its callback
// merely ceases. The order is: the chosen device, the system's default, playback without a microphone, and last the null
// device, each with a fault in [Status] that says what is wrong. While a line is open the list of devices
// is read every two seconds, so a chosen headset that is plugged in again is taken again. Between calls it is read every
// fifteen, so that the agent learns of a headset that was pulled out before a customer does.
//
// # Threads
//
// Every exported method may be called from any goroutine. [Engine.Devices] asks the sound server and may take a while; no
// other method blocks. [Engine.Close] waits for the clock and the devices to end.
package audio
