package app

// Topic is what a sentence for the agent is about. One is kept of each topic, and the gravest shown: taking it back shows
// the next one again.
type Topic int

// The topics, gravest first.
const (
	AboutJournal Topic = iota // calls can't be saved
	AboutAction               // something the agent wanted done was not
	AboutAccount              // the phone can't use its account
	AboutHistory              // the journal was begun again
	AboutSecrets              // no keyring
	AboutStart                // what was found on starting
	AboutCallers              // what is remembered of callers is in memory, or was begun again
	topics       = iota
)

// notices are the sentences that stand now, by topic; "" where there is none.
type notices [topics]string

// gravest is the sentence to show, "" when all is well.
func (n notices) gravest() string {
	for _, text := range n {
		if text != "" {
			return text
		}
	}
	return ""
}

// without is the notices but for one sentence.
func (n notices) without(text string) notices {
	for i := range n {
		if n[i] == text {
			n[i] = ""
		}
	}
	return n
}

// DismissNotice takes a sentence back that the agent has read. It comes again when there is reason to say it again.
func (d *Desk) DismissNotice(text string) { d.post(noticeRead{d.stamp(), text}) }

// Notice tells the agent that something was not done; "" takes it back.
func (d *Desk) Notice(text string) { d.NoticeAbout(AboutAction, text) }

// NoticeAbout shows a sentence to the agent until another about the same topic takes its place; "" takes it back.
func (d *Desk) NoticeAbout(t Topic, text string) { d.post(noticed{d.stamp(), t, text}) }
