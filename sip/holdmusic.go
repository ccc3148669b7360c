package sip

import (
	"maps"

	"linecard/sip/media"
)

// SetHoldMusic says what the callers of each account hear while a call of theirs is held by us, by the account's id; silence where there is none.
// It counts at once, for those that are held now too. A phone system in between may play its own.
func (p *Phone) SetHoldMusic(music map[string]*media.Music) error {
	music = maps.Clone(music)
	return p.do(func() error {
		p.music = music
		for _, c := range p.calls {
			c.playOnHold()
		}
		return nil
	})
}

func (c *call) playOnHold() {
	if c.audio != nil {
		c.audio.Music(c.p.music[c.account])
	}
}
