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
//     later. An answer that was overtaken on its way displaces no younger one. Answers are bounded by age and count; the
//     agent's choices last longer than what was only found, and are never evicted before it.
//   - Records: people of the org with their phone numbers, by the last eight digits. A hit counts only after crm.Compare has
//     looked at the number. [Directory.Put] fills them. A record that was synced after an answer is shown in its place.
//
// Extensions and withheld numbers are nobody's.
//
// # The file
//
// WAL, mode 0600, schema version in user_version. What is deleted is overwritten (secure_delete), and [Directory.Forget]
// empties the WAL too: nothing of an org that was unlinked stays. A checksum in each row hides a row with a flipped bit,
// and nothing else.
//
// What is in the file can be asked of the org again, so a program never fails to start because of its directory.
// [Directory.Notice] says what the agent should know:
//
//   - A damaged file is moved aside and a new one begun, at the start or at the first write after the damage was met. The
//     answers that can still be read are taken over.
//   - What a full disk refuses is kept in memory, where Recall looks first, and written when the disk takes it: the last
//     thousand numbers.
//   - A file that cannot be written, on a read-only disk or in a folder of somebody else's, is read all the same. What
//     changes is kept as on a full disk, and each change tries the file again. So does [Directory.Retry].
//   - Where no file can be opened the directory lives in memory, and moves to the disk once it can. It lives there too
//     beside the file of a newer Linecard, which stays as it is.
package directory
