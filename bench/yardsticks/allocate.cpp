// The yardstick of bench/matching.py: textbook allocation on flat arrays, one thread, -O2.
// Reads a binary file of seats, starts, programmes and places; runs one mechanism and prints seconds.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <algorithm>
#include <queue>
#include <string>
#include <vector>

template <class T> static std::vector<T> take(FILE *file, size_t number) {
    std::vector<T> values(number);
    if (number && fread(values.data(), sizeof(T), number, file) != number) { fprintf(stderr, "short file\n"); exit(2); }
    return values;
}

int main(int count, char **words) {
    if (count != 3) { fprintf(stderr, "usage: allocate serial|deferred FILE\n"); return 2; }
    FILE *file = fopen(words[2], "rb");
    if (!file) { perror(words[2]); return 2; }
    auto sizes = take<int64_t>(file, 4);  // candidates, programmes, choices, places
    auto seats = take<int64_t>(file, sizes[1]);
    auto first = take<int64_t>(file, sizes[0] + 1);
    auto programme = take<int32_t>(file, sizes[2]);
    auto place = take<int32_t>(file, sizes[3]);
    fclose(file);
    auto begin = std::chrono::steady_clock::now();
    std::vector<int64_t> taken(sizes[0], -1);
    if (std::string(words[1]) == "serial") {
        std::vector<int32_t> order(sizes[0]);
        std::iota(order.begin(), order.end(), 0);
        std::sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
            return place[a] != place[b] ? place[a] < place[b] : a < b;
        });
        auto left = seats;
        for (int32_t candidate : order)
            for (int64_t choice = first[candidate]; choice < first[candidate + 1]; ++choice)
                if (left[programme[choice]] > 0) { --left[programme[choice]]; taken[candidate] = choice; break; }
    } else {
        typedef std::pair<int32_t, int32_t> Held;  // place, candidate; the worst on top
        std::vector<std::priority_queue<Held>> held(sizes[1]);
        for (int64_t each = 0; each < sizes[0]; ++each) {
            int32_t candidate = int32_t(each);
            int64_t choice = first[each];
            while (choice < first[candidate + 1]) {
                int32_t at = programme[choice];
                if (seats[at] == 0) { ++choice; continue; }
                Held one(place[choice], candidate);
                if (int64_t(held[at].size()) < seats[at]) { held[at].push(one); taken[candidate] = choice; break; }
                if (held[at].top() < one) { ++choice; continue; }
                int32_t out = held[at].top().second;
                held[at].pop();
                held[at].push(one);
                taken[candidate] = choice;
                choice = taken[out] + 1;
                taken[out] = -1;
                candidate = out;
            }
        }
    }
    double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    uint64_t digest = 1469598103934665603ull;
    for (int64_t choice : taken) digest = (digest ^ uint64_t(choice + 1)) * 1099511628211ull;
    printf("%.6f %llu\n", seconds, (unsigned long long)digest);
    return 0;
}
