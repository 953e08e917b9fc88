//go:build !linux && !darwin

package host

import "errors"

func placeOf(string) (place, error) {
	return place{}, errors.New("this system does not tell on which drive a folder lies")
}
