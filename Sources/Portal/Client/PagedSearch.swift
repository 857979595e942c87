import Estates

/// The pages of a search, put together. It would rather fail than answer with a part: of two estates only one must never
/// look like one estate.
struct PagedSearch {
    /// One person's estates fill one page, so this bound is never met by an honest server.
    static let maximumPages = 100

    private(set) var estates: [Estate] = []
    private var pagesRead = 0

    /// Pages read so far.
    var count: Int { pagesRead }

    /// Takes the next page.
    ///
    /// - Parameter total: `X-Total-Count`, if it came.
    /// - Returns: whether that was the last one.
    mutating func add(_ page: [Estate], total: Int?, pageSize: Int) throws(Wire.Problem) -> Bool {
        pagesRead += 1
        if !page.isEmpty, !estates.isEmpty {
            let known = Set(estates.map(\.id))
            guard page.allSatisfy({ !known.contains($0.id) }) else {
                throw Wire.Problem(detail: "page \(pagesRead) of the search repeats estates of an earlier page")
            }
        }
        estates += page
        if let total {
            if estates.count >= total { return true }
            // Also what a search from page 1 gets when the server counts from 0, or the other way round.
            guard !page.isEmpty else {
                throw Wire.Problem(
                    detail: "the search's pages end before X-Total-Count: is the first page's number right?")
            }
        } else if page.count < pageSize {
            return true
        }
        guard pagesRead < PagedSearch.maximumPages else {
            throw Wire.Problem(detail: "the search has more than \(PagedSearch.maximumPages) pages")
        }
        return false
    }
}
