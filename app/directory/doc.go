// Package directory remembers which records have which number. It is Linecard's only memory of callers.
//
// # What it is for
//
// When a call rings, the first card comes from the directory, before the org is asked. [Directory.Recall] answers from
// one SQLite file in microseconds. It waits for no writer, and nothing is loaded at start, so a directory of a million
// records adds nothing to the start or the memory of the program.
//
//	d, err := directory.Open(filepath.Join(dir, directory.FileName), directory.Options{})
//	known, ok := d.Recall(org, number)             // the first card
//	err = d.RememberAnswer(ctx, org, result)       // what the org answered
//	err = d.Remember(ctx, org, number, match, true) // what the agent picked
//
// # What it holds
//
// Every entry belongs to an org: a number may belong to different people in two orgs. [Directory.Forget] removes an org
// that is unlinked, with all its entries.
//
//   - Answers: the org's last answer about a number, with the record that the agent picked among several. An empty answer is
//     never remembered, since the record may be created a moment later. An older answer that arrives late does not replace a
//     newer one. Answers are bounded by age and count; the agent's choices last longer than what was only found, and are
//     never evicted before it.
//   - Records: people of the org with their phone numbers, by the last eight digits. A hit counts only after crm.Compare has
//     accepted the number. [Directory.Put] fills them. What was synced after an answer
//     counts: a record is shown as it was synced, one that has lost the number is not shown, and one that has got it is.
//
// Extensions and withheld numbers are never remembered or found.
//
// # The file
//
// The file uses WAL and mode 0600; the schema version is in user_version. Deleted data is overwritten (secure_delete),
// and [Directory.Forget] also empties the WAL, so that no data of an unlinked org stays. Each row has a checksum: a
// flipped bit hides the row and no other.
//
// The org has all the data in the file, so a program never fails to start because of its directory. [Directory.Notice]
// says what the agent should know:
//
//   - A new file takes the place of a damaged one, at the start or at the first write after the damage was found, once it has all
//     answers that can still be read, in one file; the damaged one is moved aside, unless it has people of an org that was forgotten since.
//     Where that cannot be written, the answers are in memory until it can.
//   - What a full disk refuses is kept in memory, where Recall looks first, and written when the disk accepts it: the last
//     thousand numbers.
//   - A file that cannot be written, on a read-only disk or in the folder of another user, is still read. Changes are kept
//     as on a full disk, and each change tries the file again. So does [Directory.Retry].
//   - When no file can be opened, the directory is in memory and moves to the disk once it can. The same happens when the
//     file is from a newer Linecard; that file is not changed.
package directory
