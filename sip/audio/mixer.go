package audio

import "slices"

// sound is a tone that was started and not stopped.
type sound struct{ score score }

// mixer plays the sounds of a list that others change. It belongs to the thread that mixes it: the clock has one, the ring
// line's device another. A sound taken from the list is faded out here, so stopping one never waits and never clicks.
type mixer struct {
	list   *[]*sound // as of the last mix
	voices []mixerVoice
}

type mixerVoice struct {
	of     *sound
	player *player
}

// mix adds the sounds to pcm. over is called for each that came to its end by itself.
func (c *mixer) mix(pcm []int16, list *[]*sound, over func(*sound)) {
	if list != c.list {
		c.follow(list)
	}
	for i := 0; i < len(c.voices); {
		v := c.voices[i]
		if v.player.mix(pcm) {
			i++
			continue
		}
		c.voices = slices.Delete(c.voices, i, i+1)
		if slices.Contains(*list, v.of) {
			over(v.of)
		}
	}
}

func (c *mixer) follow(list *[]*sound) {
	c.list = list
	for _, v := range c.voices {
		if !slices.Contains(*list, v.of) {
			v.player.release()
		}
	}
	for _, s := range *list {
		sounds := func(v mixerVoice) bool { return v.of == s && v.player.fading == 0 }
		if !slices.ContainsFunc(c.voices, sounds) {
			c.voices = append(c.voices, mixerVoice{of: s, player: newPlayer(s.score)})
		}
	}
}
