// Opens a cosigned checkpoint with the signed notes of the Go project (golang.org/x/mod/sumdb/note), which shares no
// line with ours, and Go's Ed25519: cosigned NOTE-FILE LOG-VKEY COSIGNER-VKEY…
//
// Prints "log NAME", and "cosigned NAME TIME" for each cosigner. Exit status 0 only if all have signed.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

const cosignatureKey = 4

// A verifier of C2SP cosignature/v1.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
	time uint64
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	c.time = binary.BigEndian.Uint64(signature)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", c.time, text)
	return ed25519.Verify(c.key, []byte(signed), signature[8:])
}

func parse(vkey string) (*cosigner, error) {
	fields := strings.SplitN(vkey, "+", 3)
	if len(fields) != 3 {
		return nil, errors.New("not a vkey: " + vkey)
	}
	typed, err := base64.StdEncoding.DecodeString(fields[2])
	if err != nil || len(typed) != 1+ed25519.PublicKeySize || typed[0] != cosignatureKey {
		return nil, errors.New("not a cosigner's key: " + vkey)
	}
	digest := sha256.Sum256(append([]byte(fields[0]+"\n"), typed...))
	hash := binary.BigEndian.Uint32(digest[:])
	if fmt.Sprintf("%08x", hash) != fields[1] {
		return nil, errors.New("the key's hash is another: " + vkey)
	}
	return &cosigner{name: fields[0], hash: hash, key: typed[1:]}, nil
}

func run() error {
	if len(os.Args) < 4 {
		return errors.New("usage: cosigned NOTE-FILE LOG-VKEY COSIGNER-VKEY…")
	}
	signed, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	log, err := note.NewVerifier(os.Args[2])
	if err != nil {
		return err
	}
	verifiers := []note.Verifier{log}
	cosigners := map[string]*cosigner{}
	for _, vkey := range os.Args[3:] {
		c, err := parse(vkey)
		if err != nil {
			return err
		}
		cosigners[c.name] = c
		verifiers = append(verifiers, c)
	}
	opened, err := note.Open(signed, note.VerifierList(verifiers...))
	if err != nil {
		return err
	}
	for _, signature := range opened.Sigs {
		if c, known := cosigners[signature.Name]; known && signature.Hash == c.hash {
			fmt.Println("cosigned", c.name, c.time)
		} else {
			fmt.Println("log", signature.Name)
		}
	}
	if len(opened.Sigs) != len(verifiers) {
		return fmt.Errorf("%d of %d have signed", len(opened.Sigs), len(verifiers))
	}
	return nil
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
}
