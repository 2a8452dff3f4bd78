using System.Reflection;
using Diecast.Formats.Blobs;

namespace Diecast.Tests.Surface;

/// <summary>What other programs may rely on changes on purpose only.</summary>
public sealed class SurfaceTests
{
    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_public_surface_is_as_recorded(string name) =>
        Checkout.AssertGenerated($"docs/api/{name}.txt", PublicSurface.Describe(Assembly.Load(name)));

    public static TheoryData<string> Libraries() =>
        [typeof(Blob).Assembly.GetName().Name!, typeof(Definition).Assembly.GetName().Name!];
}
