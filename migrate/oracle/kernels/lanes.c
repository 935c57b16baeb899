/* The inner loops of the oracle's hashes, one pass each: what kernels/reference.py says in NumPy, to the bit.

   A hash is two lanes of 64 bits. All arrays have `rows` elements; `one` and `two` are written. */

#include <stdint.h>
#include <string.h>

typedef uint64_t word;

static inline word scramble(word w)
{
    w = (w ^ w >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    w = (w ^ w >> 27) * UINT64_C(0x94D049BB133111EB);
    return w ^ w >> 31;
}

static inline word rescramble(word w)
{
    w = (w ^ w >> 32) * UINT64_C(0xFF51AFD7ED558CCD);
    w = (w ^ w >> 29) * UINT64_C(0xC4CEB9FE1A85EC53);
    return w ^ w >> 32;
}

void hash_word(const word *words, int64_t rows, word seed_one, word seed_two, word *one, word *two)
{
    (void)seed_two;
    for (int64_t row = 0; row < rows; row++) {
        word w = words[row] ^ seed_one;
        w = (w ^ w >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
        w ^= w >> 27;
        word first = w * UINT64_C(0x94D049BB133111EB), second = w * UINT64_C(0xFF51AFD7ED558CCD);
        one[row] = first ^ first >> 31;
        two[row] = second ^ second >> 32;
    }
}

void hash_two(const word *first, const word *second, int64_t rows, word seed_one, word seed_two, word *one, word *two)
{
    for (int64_t row = 0; row < rows; row++) {
        one[row] = scramble(scramble(first[row] ^ seed_one) + second[row]);
        two[row] = rescramble(rescramble(second[row] ^ seed_two) + first[row] * UINT64_C(0x9E3779B97F4A7C15));
    }
}

void combine(const word *first, const word *second, int64_t rows, word seed_one, word seed_two, word *one, word *two)
{
    for (int64_t row = 0; row < rows; row++) {
        one[row] = scramble(first[row] ^ seed_one);
        two[row] = rescramble(second[row] ^ seed_two);
    }
}

/* Adds a column's hashes to the rows' sums; `totals` are the sums of what was added. */
void gather(const word *one, const word *two, int64_t rows, word *sum_one, word *sum_two, word *totals)
{
    word first = 0, second = 0;
    for (int64_t row = 0; row < rows; row++) {
        first += one[row];
        second += two[row];
        sum_one[row] += one[row];
        sum_two[row] += two[row];
    }
    totals[0] = first;
    totals[1] = second;
}

/* Adds each row's hash to the sum of its group, which the highest bits of `groups` number. */
void deal(const word *groups, const word *one, const word *two, int64_t rows, int64_t bits, word *sum_one, word *sum_two)
{
    for (int64_t row = 0; row < rows; row++) {
        word group = groups[row] >> (64 - bits);
        sum_one[group] += one[row];
        sum_two[group] += two[row];
    }
}

/* A row's bytes are `sizes[row]` ones of `data` from `starts[row]` on; `factors` holds an odd number for every eighth byte. */
void hash_bytes(const uint8_t *data, const int64_t *starts, const int64_t *sizes, const word *factors, int64_t rows,
                word seed_one, word seed_two, word *one, word *two)
{
    for (int64_t row = 0; row < rows; row++) {
        const uint8_t *bytes = data + starts[row];
        int64_t left = sizes[row];
        word first = scramble((word)left ^ seed_one), second = rescramble((word)left ^ seed_two);
        for (const word *factor = factors; left > 0; factor++, bytes += 8, left -= 8) {
            word w = 0;
            if (left >= 8)
                memcpy(&w, bytes, 8);
            else
                memcpy(&w, bytes, (size_t)left);
            w = (w ^ w >> 32) * *factor;
            w ^= w >> 32;
            first += w;
            w *= UINT64_C(0xD6E8FEB86659FD93);
            second += w ^ w >> 29;
        }
        one[row] = scramble(first);
        two[row] = rescramble(second);
    }
}
