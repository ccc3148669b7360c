package program

import "time"

// A file of music that cannot be read is looked for again soon.
func init() { tryMusicAgain = 20 * time.Millisecond }

// ReadMusic reads a file of music on hold.
var ReadMusic = readMusic

// AwaitProfileLooks waits until whoever looks for profiles in the orgs has seen all that it was woken for, looks included.
func (p *Program) AwaitProfileLooks() {
	for range 3 { // the third fits in when the second was taken, which is after all that the first led to
		p.orgProfiles.wake <- struct{}{}
	}
}

// AwaitAgents does the same for whoever makes the agent's account.
func (p *Program) AwaitAgents() {
	for range 3 {
		p.agents.wake <- struct{}{}
	}
}

// NewLink has the orgs looked at as after a new link.
func (p *Program) NewLink() { p.orgProfiles.newLink() }
