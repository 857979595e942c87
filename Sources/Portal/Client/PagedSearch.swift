import Estates

/// The pages of a search, or of the question for changes, put together. It would rather fail than answer with a part: of two
/// estates only one must never look like one estate.
struct PagedSearch {
    /// One person's estates fill one page, so this bound is never met by an honest server.
    static let maximumPages = 100
    /// How often pages that shifted are read again.
    private static let maximumRestarts = 5

    /// What a page makes of those before it.
    enum Step { case more, complete, shifted }

    private(set) var estates: [Estate] = []
    private var pagesRead = 0
    private var restarts = 0

    /// Pages read so far.
    var count: Int { pagesRead }

    /// Takes the next page.
    ///
    /// If the list changes while its pages are read, an estate may move to a page that has been read already. It then
    /// pushes another one from there to a page that is read later, so whoever sees no estate twice has seen all.
    ///
    /// - Parameter total: `X-Total-Count`, if it came.
    mutating func add(_ page: [Estate], total: Int?, pageSize: Int) throws(Wire.Problem) -> Step {
        pagesRead += 1
        if !page.isEmpty, !estates.isEmpty {
            let known = Set(estates.map(\.id))
            guard page.allSatisfy({ !known.contains($0.id) }) else { return .shifted }
        }
        estates += page
        if let total {
            if estates.count >= total { return .complete }
            // Also what a search from page 1 gets when the server counts from 0, or the other way round.
            guard !page.isEmpty else {
                throw Wire.Problem(
                    detail: "the search's pages end before X-Total-Count: is the first page's number right?")
            }
        } else if page.count < pageSize {
            return .complete
        }
        guard pagesRead < PagedSearch.maximumPages else {
            throw Wire.Problem(detail: "the search has more than \(PagedSearch.maximumPages) pages")
        }
        return .more
    }

    /// Reads all pages again, since they have shifted.
    mutating func startOver() throws(Wire.Problem) {
        restarts += 1
        guard restarts <= PagedSearch.maximumRestarts else {
            throw Wire.Problem(detail: "the pages keep shifting while they are read")
        }
        estates = []
        pagesRead = 0
    }
}
