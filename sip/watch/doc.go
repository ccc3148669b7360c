// Package watch reads what phone systems tell of what is watched: how many messages wait (message-summary, RFC 3842), and what a colleague's
// phone does (dialog-info, RFC 4235, or a presence document, RFC 3863). It is pure: a notification in, what it says out. Whatever comes is bounded
// and cleaned; [sip/dialog] sees to it that it comes from the account's own server.
package watch
