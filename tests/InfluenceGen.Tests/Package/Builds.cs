using Xunit;

namespace InfluenceGen.Tests.Package;

/// <summary>The tests that build projects of the solution: one after the other, since they write the same files.</summary>
[CollectionDefinition(Name)]
public sealed class Builds : ICollectionFixture<BuiltPackage>
{
    public const string Name = "builds";
}
