// Package directory remembers who has which number: the one memory of callers.
//
// # What it is for
//
// When a call rings, the first card is drawn from here, before the org is asked. [Directory.Recall] answers from one SQLite
// file in microseconds. It waits for no writer, and nothing is loaded at start, so a directory of a million records costs
// the start and the memory of the program nothing.
//
//	d, err := directory.Open(filepath.Join(dir, directory.FileName), directory.Options{})
//	known, ok := d.Recall(org, number)             // the first card
//	err = d.RememberAnswer(ctx, org, result)       // what the org answered
//	err = d.Remember(ctx, org, number, match, true) // what the agent picked
//
// # What it holds
//
// Everything belongs to an org: the same number may be two people in two orgs, and an org that is unlinked takes its people
// along ([Directory.Forget]).
//
//   - Answers: what the org said of a number the last time, with the record that the agent picked among several. An answer
//     that names nobody is not an answer: "nobody" is never remembered, since the record may have been created a moment
//     later. Answers are bounded by age and count; the agent's choices outlive what was only found.
//   - Records: people of the org with their phone numbers, by the last eight digits. A hit counts only after crm.Compare has
//     looked at the number. [Directory.Put] fills them.
//
// # The file
//
// WAL, mode 0600, schema version in user_version. What is in it can be asked of the org again, so a damaged file is moved
// aside and a new one begun, and where no file can be written the directory lives in memory. [Directory.Notice] then says
// so; a program never fails to start because of its directory. One damaged row hides nothing but itself.
package directory
