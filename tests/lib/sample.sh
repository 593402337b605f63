# shellcheck shell=bash
# Sourced. Which scenes a run leaves out.

# scenes_left_out SEED: of the tests that standard input lists as ctest --show-only does, those called
# vm.KERNEL.SCENE are for as many kernels as the scene names. Two of them are chosen by the seed, and
# the tests of the others printed, one a line; so are all those on the kernel classic-full, which takes more
# minutes to build than a run has to spare.
scenes_left_out() {
    sed -n 's/^ *Test *#[0-9]*: \(vm\..*\)$/\1/p' |
        awk -v seed="$1" 'BEGIN { srand(seed) }
            /^vm\.classic-full\./ { print; next }
            {
                scene = $0
                sub(/.*\./, "", scene)
                if (!(scene in count)) scenes[++known] = scene
                test[scene, ++count[scene]] = $0
            }
            END {
                for (s = 1; s <= known; s++) {
                    scene = scenes[s]
                    for (left = count[scene]; left > 2; left--) {
                        out = 1 + int(rand() * left)
                        print test[scene, out]
                        test[scene, out] = test[scene, left]
                    }
                }
            }'
}
