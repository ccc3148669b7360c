package sdp

import "errors"

// What can be wrong with a peer's description. All but ErrMalformed mean that we understood it and cannot do it: 488.
var (
	ErrMalformed     = errors.New("the session description cannot be read")
	ErrNoAudio       = errors.New("the other side offers no audio")
	ErrNoCommonCodec = errors.New("the other side speaks no codec that we know")
	ErrSecureOnly    = errors.New("the other side accepts encrypted audio only")
	ErrCrypto        = errors.New("the other side encrypts in no way that we know")
	ErrNotSecure     = errors.New("the other side does not encrypt, which we require")
	ErrNoAddress     = errors.New("the other side names no address that audio can be sent to")
	ErrRefused       = errors.New("the other side refused the audio stream")
	ErrNoOffer       = errors.New("an answer came but no offer was made")
)
