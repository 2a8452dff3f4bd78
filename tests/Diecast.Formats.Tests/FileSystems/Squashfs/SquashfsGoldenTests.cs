using System.Security.Cryptography;
using Diecast.Formats.FileSystems.Squashfs;

namespace Diecast.Formats.Tests.FileSystems.Squashfs;

/// <summary>The bytes of the output are a promise: a change here is a change for every user, and stands in the changelog.</summary>
public class SquashfsGoldenTests
{
    [Fact]
    public void A_small_tree_has_this_plan_and_these_bytes()
    {
        // Nothing is compressed, so that no codec's version is in it.
        using var image = new SquashfsImage(SquashfsTrees.AllTypes(), SquashfsImage.Options with { Compression = SquashfsCompression.None });
        using var text = new StringWriter { NewLine = "\n" };
        image.Plan.Print(text);
        text.Write($"sha256 {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(image.Path)))}\n");
        Checkout.AssertGenerated("tests/Diecast.Formats.Tests/FileSystems/Squashfs/corpus/golden.txt", text.ToString());
    }
}
