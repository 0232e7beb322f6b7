from tests.browser.conftest import chromium, pytest_collection_modifyitems

__all__ = ["chromium", "pytest_collection_modifyitems"]
