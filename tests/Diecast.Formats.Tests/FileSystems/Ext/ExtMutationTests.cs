using Diecast.Formats.FileSystems.Ext;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Tens of thousands of images that someone spoilt, and those that were kept.</summary>
public class ExtMutationTests
{
    private const int Mutations = 2500;

    public static TheoryData<string> Bases => [.. Names()];

    [Theory]
    [InlineData("default")]
    [InlineData("modern")]
    [InlineData("compat,^resize_inode")]
    public void Of_our_own_images_are_read_or_refused(string profile)
    {
        string[] parts = profile.Split(',');
        ExtOptions options = ExtImage.Options with
        {
            Profile = ExtProfile.Find(parts[0])!.With(parts[1..]),
            BlockSize = 1024,
            JournalSize = 0,
            LostAndFound = false,
        };
        if (parts[0] == "modern")
            options = options with { Profile = options.Profile.With("^orphan_file") };
        new ExtMutations(ExtFileSystem.Plan(ExtReaderHostileTests.SmallTree(), options).ToBlob().ToArray()).Run(Mutations, profile.Length);
    }

    [Theory]
    [MemberData(nameof(Bases))]
    public void Of_images_of_mke2fs_are_read_or_refused(string name) => Mutated(name).Run(Mutations, name.Length);

    [Fact]
    public void The_bad_images_that_were_kept_end_as_they_did()
    {
        var bases = Names().ToDictionary(name => name, Mutated);
        string actual = "";
        foreach (string line in File.ReadLines(Path.Combine(ExtMutations.Corpus, "cases.txt")))
        {
            // The base, what is changed in it and where, and what comes of it.
            string[] parts = line.Split(" | ");
            actual += $"{parts[0]} | {parts[1]} | {bases[parts[0]].Outcome(ExtMutations.Parse(parts[1]))}\n";
        }

        Checkout.AssertGenerated("tests/Diecast.Formats.Tests/FileSystems/Ext/corpus/cases.txt", actual);
    }

    private static IEnumerable<string> Names() =>
        Directory.GetFiles(ExtMutations.Corpus, "*.img.gz").Select(f => Path.GetFileName(f)[..^7]).Order(StringComparer.Ordinal);

    private static ExtMutations Mutated(string name) =>
        new(ExtMutations.Base(name), fixesJournal: name == "journal_csum");
}
